"""Splitting delimited text into records: fast where it is proven regular, careful around the rest.

Lines without quotes are parted by their width at once. With quotes, a stretch that is not regular
is cut smaller until only the window around the bad record goes through the careful splitter (a
quarter of a million rows a second instead of several).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from anfl_assets.collect.batch import LINE, Batch, unsplit_frame
from anfl_assets.collect.formats.csv_records import ragged, split_records
from anfl_assets.collect.formats.csv_structure import regular_stretch, unquoted_lines

# What is split carefully at once; stretches shrink and grow by this factor.
_WINDOW = 256 << 10
_STEP = 4


@dataclass(frozen=True)
class _Part:
    """What one attempt split, how many bytes it used up, and the line the rest begins on."""

    batch: Batch
    size: int
    next_line: int


@dataclass(frozen=True)
class Splitter:
    """The shape of a file's records: column names, each once, and the delimiter."""

    names: list[str]
    delimiter: str

    def split(self, text: bytes, line: int, *, is_last: bool) -> tuple[Batch, bytes, int]:
        """Split text that begins with a record, on line `line` of the file.

        Returns the records, the text left over (a record cut off, unless `is_last`) and the number
        of the line it begins on.
        """
        if is_last and text and not text.endswith(b"\n"):
            text += b"\n"
        parts = [self._carefully(b"", line, is_last=True)]
        start, size = 0, len(text)
        while start < len(text):
            size = min(size, len(text) - start)
            stretch = text[start : start + size]
            part = self._regular(stretch, line) or self._unquoted(stretch, line)
            if part is None and size > _WINDOW:
                size = max(size // _STEP, _WINDOW)
                continue
            part = part or self._window(text, start, line, is_last=is_last)
            if part.size == 0:
                break
            parts.append(part)
            start, line, size = start + part.size, part.next_line, size * _STEP
        rows = pl.concat([part.batch.rows for part in parts])
        rejects = pl.concat([part.batch.rejects for part in parts])
        return Batch(rows, rejects), text[start:], line

    def _regular(self, text: bytes, line: int) -> _Part | None:
        """Parse the regular records at the beginning, if they are most of the text.

        A large rest is no record cut off by the end of the text, but one swallowed by a quote.
        """
        regular = regular_stretch(text, self.delimiter, len(self.names))
        if regular is None or len(text) - regular.end > len(text) // _STEP:
            return None
        rows = parse_regular(
            text[: regular.end], self.names, self.delimiter, is_quoted=regular.is_quoted
        )
        if rows.height != regular.lines.size:
            return None
        lines = pl.Series(LINE, regular.lines + line, dtype=pl.Int64)
        batch = Batch(rows.with_columns(lines), unsplit_frame([]))
        return _Part(batch, regular.end, line + regular.line_count)

    def _unquoted(self, text: bytes, line: int) -> _Part | None:
        """Part the lines of the right width from the others.

        None where there are quotes or no whole line.
        """
        lines = unquoted_lines(text, self.delimiter)
        if lines is None or not lines.ends.size:
            return None
        width = len(self.names)
        fits = lines.widths == width
        rows = parse_regular(lines.joined(text, width), self.names, self.delimiter, is_quoted=False)
        numbers = pl.Series(LINE, np.flatnonzero(fits) + line, dtype=pl.Int64)
        rejects = [
            ragged(
                line + index,
                text[lines.begins[index] : lines.ends[index]].decode(),
                field_count=int(lines.widths[index]),
                width=width,
            )
            for index in np.flatnonzero(~fits & (lines.widths > 0)).tolist()
        ]
        batch = Batch(rows.with_columns(numbers), unsplit_frame(rejects))
        return _Part(batch, int(lines.ends[-1]) + 1, line + lines.ends.size)

    def _window(self, text: bytes, start: int, line: int, *, is_last: bool) -> _Part:
        """Split the next window carefully, a larger one where no record ends inside it."""
        size = _WINDOW
        while True:
            covers_rest = start + size >= len(text)
            window = text[start : start + size]
            part = self._carefully(window, line, is_last=is_last and covers_rest)
            if part.size or covers_rest:
                return part
            size *= _STEP

    def _carefully(self, text: bytes, line: int, *, is_last: bool) -> _Part:
        # The text may end inside a character: only whole lines are decoded.
        records = split_records(
            text[: text.rfind(b"\n") + 1].decode(),
            delimiter=self.delimiter,
            width=len(self.names),
            line=line,
            is_last=is_last,
        )
        schema = dict.fromkeys(self.names, pl.String())
        rows = pl.DataFrame(records.fields, schema=schema, orient="row")
        lines = pl.Series(LINE, records.lines, dtype=pl.Int64)
        batch = Batch(rows.with_columns(lines), unsplit_frame(records.rejects))
        used = text.rfind(b"\n") + 1 - len(records.rest.encode())
        return _Part(batch, used, records.next_line)


def parse_regular(
    text: bytes, names: list[str], delimiter: str, *, is_quoted: bool
) -> pl.DataFrame:
    """Parse text that `csv_structure.py` proved regular into columns of text."""
    return pl.read_csv(
        text,
        has_header=False,
        separator=delimiter,
        quote_char='"' if is_quoted else None,
        schema=dict.fromkeys(names, pl.String()),
        empty_string_is_null=False,
        raise_if_empty=False,
    )
