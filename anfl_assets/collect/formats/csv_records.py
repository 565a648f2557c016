"""The careful splitter: one record at a time, every line either a record or a reject.

Used for stretches that `csv_structure.py` cannot prove regular. A quoted field may run over
several lines; when the record it gives is not of the right width, only its first line is rejected
and reading resumes at the next, so a stray quote cannot swallow what follows.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field

from anfl_assets.collect.batch import Unsplit

RULE = "ragged_row"
# A quoted field longer than this is taken for a stray quote.
_MAX_LINES = 1000
_UNCLOSED = "a quote is opened and not closed"


@dataclass
class Records:
    """Records of the right width with their first lines, the others, and what is left over."""

    lines: list[int] = field(default_factory=list)
    fields: list[list[str]] = field(default_factory=list)
    rejects: list[Unsplit] = field(default_factory=list)
    next_line: int = 1
    rest: str = ""


@dataclass(frozen=True)
class _Attempt:
    fields: list[str] | None
    line_count: int
    reason: str = ""


def split_records(
    text: str,
    *,
    delimiter: str,
    width: int,
    line: int,
    is_last: bool,
) -> Records:
    """Split the text into records of `width` fields; `line` is the number of its first line.

    Blank lines are no records. Unless `is_last`, a record that the text cuts off is left in `rest`.
    """
    texts = text.split("\n")
    if is_last and texts[-1]:
        texts.append("")
    records = Records()
    index = 0
    while index < len(texts) - 1:
        attempt = _attempt(texts, index, delimiter=delimiter)
        cut_off = attempt.reason == _UNCLOSED and index + _MAX_LINES >= len(texts)
        if cut_off and not is_last:
            break
        index += _keep(records, attempt, texts[index], at=(line + index, width))
    records.next_line = line + index
    records.rest = "\n".join(texts[index:])
    return records


def _attempt(texts: list[str], index: int, *, delimiter: str) -> _Attempt:
    text = texts[index]
    if '"' not in text:
        return _Attempt(text.split(delimiter) if text else [], 1)
    reader = csv.reader(_lines_from(texts, index), delimiter=delimiter, strict=True)
    try:
        return _Attempt(next(reader), reader.line_num)
    except csv.Error as error:
        is_unclosed = "unexpected end of data" in str(error)
        return _Attempt(None, 1, _UNCLOSED if is_unclosed else str(error))


def _lines_from(texts: list[str], index: int) -> Iterator[str]:
    for text in texts[index : min(index + _MAX_LINES, len(texts) - 1)]:
        yield text + "\n"


def _keep(records: Records, attempt: _Attempt, text: str, *, at: tuple[int, int]) -> int:
    """File the attempt under records or rejects; return how many lines it used up."""
    line, width = at
    if attempt.fields is not None and len(attempt.fields) == width:
        records.lines.append(line)
        records.fields.append(attempt.fields)
        return attempt.line_count
    if attempt.fields == []:
        return 1
    if attempt.fields is None:
        records.rejects.append(Unsplit(line, RULE, attempt.reason, text))
    else:
        records.rejects.append(ragged(line, text, field_count=len(attempt.fields), width=width))
    return 1


def ragged(line: int, text: str, *, field_count: int, width: int) -> Unsplit:
    """Return the reject for a record of the wrong width."""
    return Unsplit(line, RULE, f"{field_count} fields; expected {width}", text)
