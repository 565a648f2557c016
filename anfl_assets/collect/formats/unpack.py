"""From stored bytes to text: decompression by suffix, decoding as declared, line ends as LF.

Everything wrong with a file as a whole (cut short, damaged, another encoding) is found here and
named with the byte where it shows.
"""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from typing import BinaryIO

import zstandard

from anfl_assets.collect.discover import FoundFile, opened
from anfl_assets.errors import SourceError

BLOCK = 8 << 20
COMPRESSED = (".gz", ".zst")


def text_blocks(found: FoundFile, encoding: str) -> Iterator[bytes]:
    """Yield the file's text as UTF-8 blocks of about 8 MiB, without a byte order mark.

    Every line end (CR, CRLF) becomes LF. A block may end anywhere between two characters.

    Raises:
        SourceError: cut short or damaged archive, or bytes that are not text in `encoding`.
        SourceUnavailable: still being written or gone.

    """
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    lines = io.IncrementalNewlineDecoder(decoder, translate=True)
    position = 0
    for block in binary_blocks(found):
        _require_text(block, position, found=found, encoding=encoding)
        yield _decoded(lines, block, at=(position, decoder), found=found, encoding=encoding)
        position += len(block)
    last = _decoded(lines, None, at=(position, decoder), found=found, encoding=encoding)
    if last:
        yield last


def _decoded(
    lines: io.IncrementalNewlineDecoder,
    block: bytes | None,
    *,
    at: tuple[int, codecs.IncrementalDecoder],
    found: FoundFile,
    encoding: str,
) -> bytes:
    position, decoder = at
    pending = len(decoder.getstate()[0])
    try:
        text: str = lines.decode(block or b"", final=block is None)
    except UnicodeDecodeError as error:
        byte = position - pending + error.start
        msg = (
            f"{found.relative}: byte {byte} (0x{error.object[error.start]:02x}) is not text in "
            f"encoding {encoding}: {error.reason}; say the feed's encoding, such as latin-1"
        )
        raise SourceError(msg) from error
    return text.removeprefix("\ufeff").encode() if position == 0 else text.encode()


def _require_text(block: bytes, position: int, *, found: FoundFile, encoding: str) -> None:
    if position or not codecs.lookup(encoding).name.startswith(("utf-8", "ascii")):
        return
    marked = block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    zero = 0 if marked else block[: 1 << 16].find(b"\0")
    if zero >= 0:
        msg = (
            f"{found.relative}: byte {zero} (0x{block[zero]:02x}) is not text in encoding "
            f"{encoding}; it looks like UTF-16: say encoding: utf-16"
        )
        raise SourceError(msg)


def binary_blocks(found: FoundFile) -> Iterator[bytes]:
    """Yield the file's content, decompressed when its name ends in .gz or .zst.

    Raises:
        SourceError: the archive is cut short or damaged.
        SourceUnavailable: still being written or gone.

    """
    with opened(found) as file:
        try:
            if found.path.suffix == ".gz":
                yield from _plain(gzip.GzipFile(fileobj=file))
            elif found.path.suffix == ".zst":
                yield from _zstandard(file, found)
            else:
                yield from _plain(file)
        except EOFError as error:
            msg = f"{found.relative}: the gzip archive is cut short (truncated)"
            raise SourceError(msg) from error
        except (gzip.BadGzipFile, zlib.error, zstandard.ZstdError) as error:
            msg = f"{found.relative}: the archive is damaged: {error}"
            raise SourceError(msg) from error


def _plain(file: BinaryIO | gzip.GzipFile) -> Iterator[bytes]:
    while block := file.read(BLOCK):
        yield block


def _zstandard(file: BinaryIO, found: FoundFile) -> Iterator[bytes]:
    # Not stream_reader: it ends quietly where a frame is cut short.
    frame = zstandard.ZstdDecompressor().decompressobj()
    is_begun = False
    while stored := file.read(BLOCK >> 3):
        while stored:
            if frame.eof:
                frame = zstandard.ZstdDecompressor().decompressobj()
            is_begun = True
            if block := frame.decompress(stored):
                yield block
            stored = frame.unused_data
    if is_begun and not frame.eof:
        msg = f"{found.relative}: the zstandard archive is cut short (truncated)"
        raise SourceError(msg)
