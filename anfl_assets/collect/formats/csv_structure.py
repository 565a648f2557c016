"""Proof that a stretch of delimited text is regular, before a fast parser may have it.

Polars pads short rows and DuckDB's sniffer drops ragged ones, both silently. Here the positions of
delimiters, quotes and line ends are compared, so a stretch is either proven to hold `width` fields
in every record or handed to the careful splitter in `csv_records.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_QUOTE = ord('"')
_LINE_END = ord("\n")
Positions = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Regular:
    """The regular text is `buffer[:end]`; `lines` numbers each record's first line from 0."""

    end: int
    lines: Positions
    line_count: int
    is_quoted: bool


def regular_stretch(buffer: bytes, delimiter: str, width: int) -> Regular | None:
    """Return how far the buffer holds whole regular records, or None if any is not regular.

    The buffer begins where a record begins. A blank line is not regular.
    """
    text = np.frombuffer(buffer, dtype=np.uint8)
    breaks = np.flatnonzero(text == _LINE_END)
    fields = np.flatnonzero(text == ord(delimiter))
    quotes = np.flatnonzero(text == _QUOTE) if b'"' in buffer else breaks[:0]
    ends = breaks
    if quotes.size:
        if not _quotes_are_regular(text, quotes, ord(delimiter)):
            return None
        ends = breaks[_is_outside(breaks, quotes)]
        fields = fields[_is_outside(fields, quotes)]
    if not ends.size:
        return None
    fields = fields[: np.searchsorted(fields, ends[-1])]
    if not _has_width(ends, fields, width):
        return None
    first_lines = np.searchsorted(breaks, ends) if quotes.size else np.arange(ends.size)
    lines = np.concatenate([[0], first_lines[:-1] + 1])
    return Regular(int(ends[-1]) + 1, lines, int(first_lines[-1]) + 1, bool(quotes.size))


def _is_outside(positions: Positions, quotes: Positions) -> npt.NDArray[np.bool_]:
    before = np.searchsorted(quotes, positions)
    return np.asarray(before % 2 == 0)


def _quotes_are_regular(text: npt.NDArray[np.uint8], quotes: Positions, delimiter: int) -> bool:
    """Whether each quote opens where a field begins or closes where it ends.

    A doubled quote closes and opens again at once. The last quote may be an opening one whose
    partner lies beyond the buffer.
    """
    opening, closing = quotes[0::2], quotes[1::2]
    before = text[np.maximum(opening - 1, 0)]
    opens = (opening == 0) | np.isin(before, (delimiter, _LINE_END, _QUOTE))
    after = text[np.minimum(closing + 1, text.size - 1)]
    closes = (closing == text.size - 1) | np.isin(after, (delimiter, _LINE_END, _QUOTE))
    return bool(opens.all() and closes.all())


def _has_width(ends: Positions, fields: Positions, width: int) -> bool:
    begins = np.concatenate([[-1], ends[:-1]])
    if width == 1:
        return fields.size == 0 and bool((ends - begins > 1).all())
    if fields.size != ends.size * (width - 1):
        return False
    rows = fields.reshape(ends.size, width - 1)
    return bool((rows[:, 0] > begins).all() and (rows[:, -1] < ends).all())


@dataclass(frozen=True)
class UnquotedLines:
    """Each whole line of text without quotes: where it lies and how many fields it has."""

    begins: Positions
    ends: Positions
    widths: Positions

    def joined(self, buffer: bytes, width: int) -> bytes:
        """Return the lines of that width, one after another."""
        fits = np.concatenate([[False], self.widths == width, [False]])
        firsts = np.flatnonzero(fits[1:] & ~fits[:-1])
        lasts = np.flatnonzero(fits[:-1] & ~fits[1:]) - 1
        runs = zip(self.begins[firsts].tolist(), self.ends[lasts].tolist(), strict=True)
        return b"".join(buffer[begin : end + 1] for begin, end in runs)


def unquoted_lines(buffer: bytes, delimiter: str) -> UnquotedLines | None:
    """Return the buffer's whole lines, or None where a quote may join lines; blank ones have 0."""
    if b'"' in buffer:
        return None
    text = np.frombuffer(buffer, dtype=np.uint8)
    ends = np.flatnonzero(text == _LINE_END)
    begins = np.concatenate([[0], ends[:-1] + 1])[: ends.size]
    fields = np.flatnonzero(text == ord(delimiter))
    counts = np.searchsorted(fields, ends) - np.searchsorted(fields, begins) + 1
    return UnquotedLines(begins, ends, np.where(ends > begins, counts, 0))
