"""The digest's first line: what changed since yesterday, in one plain sentence. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from anfl_assets.report.digest.changes import Change, Kind, Move
from anfl_assets.report.metric_words import subject_title
from anfl_assets.report.scoreboard import BoardRow
from anfl_assets.wording.inert import one_line
from anfl_assets.wording.looks import STATUS_LOOKS, look
from anfl_assets.wording.numbers import counted, moment, quantity, span

_NAMED = 2
_NAME_LENGTH = 70
# Older news than this is told as old.
_OLD = timedelta(hours=26)
_WORDS: tuple[tuple[Kind, str, str], ...] = (
    ("breach", "new breach", "new breaches"),
    ("recovery", "recovery", "recoveries"),
    ("lost", "without data any more", "without data any more"),
    ("returned", "with data again", "with data again"),
    ("missed", "target newly missed", "targets newly missed"),
    ("met", "target met again", "targets met again"),
)


def first_line(changed: Sequence[Change], moved: Sequence[Move]) -> str:
    """Return the sentence; `moved` is the farthest first and told where nothing changed."""
    parts = [
        _part([each.row for each in changed if each.kind == kind], one, many)
        for kind, one, many in _WORDS
    ]
    told = [part for part in parts if part]
    if told:
        return f"Since yesterday: {'; '.join(told)}."
    if moved:
        return f"No status changed since yesterday. {_farthest(moved[0])}"
    return "Nothing changed since yesterday."


def standing(counts: Mapping[str, int]) -> str:
    """Say what stands: `5 breached, 10 off target, 43 on target`."""
    told = [
        f"{counts[status]:,} {look(status).word}" for status in STATUS_LOOKS if counts.get(status)
    ]
    return ", ".join(told)


def nothing_before(as_of: datetime) -> str:
    """Say that history begins later."""
    return f"There is no data up to {moment(as_of)}: nothing had been measured by then."


def age_line(moment_of_data: datetime, now: datetime) -> str | None:
    """Say how old the newest data is where it is no news of today; None where it is."""
    age = now - moment_of_data
    if age < _OLD:
        return None
    return (
        f"The newest data is {span(age)} old: this is what stood at {moment(moment_of_data)}, "
        "compared with a day before that."
    )


def _part(rows: Sequence[BoardRow], one: str, many: str) -> str:
    if not rows:
        return ""
    named = [_named(row) for row in rows[:_NAMED]]
    more = len(rows) - len(named)
    names = ", ".join(named) + (f" and {more:,} more" if more else "")
    return f"{counted(len(rows), one, many)} ({names})"


def _named(row: BoardRow) -> str:
    name = one_line(subject_title(row.metric_id, row.subject), _NAME_LENGTH)
    return name if row.value is None else f"{name} at {quantity(row.value, row.unit)}"


def _farthest(move: Move) -> str:
    row = move.row
    name = one_line(subject_title(row.metric_id, row.subject), _NAME_LENGTH)
    return (
        f"{name} moved the most, from {quantity(move.before, row.unit)} "
        f"to {quantity(row.value, row.unit)}."
    )
