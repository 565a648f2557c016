"""CSV and TSV: text blocks become batches of source columns, all text.

Stretches proven regular go through polars (millions of rows a second); the others through the
careful splitter. Either way each record keeps the number of the line it begins on.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from anfl_assets.collect.batch import LINE, Batch, unsplit_frame
from anfl_assets.collect.csv_records import split_records
from anfl_assets.collect.csv_structure import Regular, regular_stretch
from anfl_assets.collect.discover import FoundFile
from anfl_assets.collect.feed import Feed
from anfl_assets.collect.header import require_columns, unique_names
from anfl_assets.collect.unpack import text_blocks
from anfl_assets.errors import SourceError

# Rows are parsed in stretches of at least this much text.
_STRETCH = 16 << 20


@dataclass(frozen=True)
class _Stretch:
    """Text that begins where a record begins, on line `line` of the file."""

    text: bytes
    line: int
    is_last: bool


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
            names, text, line = _read_header(text, delimiter, found)
            if names is None:
                continue
        require_columns(feed, names, where=found.relative)
        batch, rest, line = _split(_Stretch(text, line, is_last), unique_names(names), delimiter)
        text = rest
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
) -> tuple[list[str] | None, bytes, int]:
    """Split the header off; None when there is no line that is not blank."""
    lines = io.StringIO(text.decode(errors="replace"), newline="\n")
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        names = next((row for row in reader if row), None)
    except csv.Error as error:
        msg = f"{found.relative}: the header line cannot be read: {error}"
        raise SourceError(msg) from error
    rest = text.split(b"\n", reader.line_num)[-1] if text.count(b"\n") >= reader.line_num else b""
    return names and [name.strip() for name in names], rest, reader.line_num + 1


def _split(stretch: _Stretch, names: list[str], delimiter: str) -> tuple[Batch, bytes, int]:
    """Return the stretch's batch, the text left over, and the line that text begins on."""
    text = stretch.text
    if stretch.is_last and text and not text.endswith(b"\n"):
        text += b"\n"
    regular = regular_stretch(text, delimiter, len(names))
    if regular is not None and _leaves_little(text, regular, is_last=stretch.is_last):
        rows = _parse(text[: regular.end], names, delimiter, is_quoted=regular.is_quoted)
        if rows.height == regular.lines.size:
            line = pl.Series(LINE, regular.lines + stretch.line, dtype=pl.Int64)
            batch = Batch(rows.with_columns(line), unsplit_frame([]))
            return batch, text[regular.end :], stretch.line + regular.line_count
    return _split_carefully(stretch, names, delimiter)


def _leaves_little(text: bytes, regular: Regular, *, is_last: bool) -> bool:
    """Whether the rest is a record cut off by the block's end, not one swallowed by a quote."""
    return len(text) - regular.end <= (0 if is_last else _STRETCH // 4)


def _parse(text: bytes, names: list[str], delimiter: str, *, is_quoted: bool) -> pl.DataFrame:
    return pl.read_csv(
        text,
        has_header=False,
        separator=delimiter,
        quote_char='"' if is_quoted else None,
        schema=dict.fromkeys(names, pl.String()),
        empty_string_is_null=False,
        raise_if_empty=False,
    )


def _split_carefully(
    stretch: _Stretch,
    names: list[str],
    delimiter: str,
) -> tuple[Batch, bytes, int]:
    # A block may end inside a character: those bytes wait for the next block.
    end = len(stretch.text) if stretch.is_last else stretch.text.rfind(b"\n") + 1
    records = split_records(
        stretch.text[:end].decode(),
        delimiter=delimiter,
        width=len(names),
        line=stretch.line,
        is_last=stretch.is_last,
    )
    rows = pl.DataFrame(
        records.fields,
        schema=dict.fromkeys(names, pl.String()),
        orient="row",
    ).with_columns(pl.Series(LINE, records.lines, dtype=pl.Int64))
    rest = records.rest.encode() + stretch.text[end:]
    return Batch(rows, unsplit_frame(records.rejects)), rest, records.next_line
