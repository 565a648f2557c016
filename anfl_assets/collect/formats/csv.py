"""CSV and TSV: text blocks become batches of source columns, all text, below a checked header."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import islice

from anfl_assets.collect.batch import Batch
from anfl_assets.collect.discover import FoundFile
from anfl_assets.collect.feed import Feed
from anfl_assets.collect.formats.csv_split import Splitter
from anfl_assets.collect.formats.header import joined_names, require_columns, unique_names
from anfl_assets.collect.formats.unpack import text_blocks
from anfl_assets.errors import SourceError

# Rows are parsed in stretches of at least this much text.
_STRETCH = 16 << 20


def read_csv(feed: Feed, found: FoundFile, delimiter: str) -> Iterator[Batch]:
    """Yield the file's records; a file of nothing but blank lines yields nothing.

    Raises:
        SourceError: header, encoding or archive are not as the feed says.

    """
    names: list[str] | None = list(feed.header) or None
    text, line = b"", 1
    for block, is_last in _with_last(text_blocks(found, feed.encoding)):
        text += block
        if len(text) < _STRETCH and not is_last:
            continue
        if names is None:
            names, text, line = _read_header(text, delimiter, found, feed.header_rows)
            if names is None:
                continue
        require_columns(feed, names, where=found.relative)
        splitter = Splitter(unique_names(names), delimiter)
        batch, text, line = splitter.split(text, line, is_last=is_last)
        yield batch


def _with_last(blocks: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    previous = b""
    for block in blocks:
        yield previous, False
        previous = block
    yield previous, True


def _read_header(
    text: bytes,
    delimiter: str,
    found: FoundFile,
    count: int,
) -> tuple[list[str] | None, bytes, int]:
    """Split the header off: `count` lines that are not blank; None when there is none."""
    lines = io.StringIO(text.decode(errors="replace"), newline="\n")
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        rows = list(islice(filter(None, reader), count))
    except csv.Error as error:
        msg = f"{found.relative}: the header line cannot be read: {error}"
        raise SourceError(msg) from error
    if 0 < len(rows) < count:
        msg = f"{found.relative}: {len(rows)} lines; the feed says that {count} are the header"
        raise SourceError(msg)
    rest = text.split(b"\n", reader.line_num)[-1] if text.count(b"\n") >= reader.line_num else b""
    return joined_names(rows) if rows else None, rest, reader.line_num + 1
