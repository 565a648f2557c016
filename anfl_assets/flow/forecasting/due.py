"""Which series have to be forecast again: those whose standing vintage says something else now.

A forecast costs seconds, so what did not change is not made again: the same days, definition,
levels, horizon and method (`method.py`) give the same vintage, or the same refusal. Only where a
process was lost on the way is it tried again: that may not happen twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from anfl_assets.flow.forecasting.series import AskedSeries
from anfl_assets.flow.forecasting.vintage import LOST, REFUSED, Made, recent_of
from anfl_assets.report.forecasts import VintageRow

Name = tuple[str, str, str, str]


def name_of(row: AskedSeries | VintageRow) -> Name:
    """Return what names a series: model, metric, subject and form."""
    metric_id = row.metric_id if isinstance(row, VintageRow) else row.metric.metric_id
    return row.model, metric_id, row.subject, row.form


def defined(asked: AskedSeries) -> tuple[str, ...]:
    """Return what names a series under its definition (`report.scorecard.DEFINED`)."""
    return (*name_of(asked), asked.definition)


def by_name(rows: Iterable[VintageRow]) -> dict[Name, VintageRow]:
    """Return standing vintages by what names their series."""
    return {name_of(row): row for row in rows}


def standing_of(
    asked: Sequence[AskedSeries], kept: Mapping[Name, VintageRow], program: str
) -> dict[Name, VintageRow]:
    """Return the vintages that need not be made again."""
    standing = {name_of(each): kept.get(name_of(each)) for each in asked}
    return {
        name_of(each): row
        for each in asked
        if (row := standing[name_of(each)]) is not None and _stands(row, each, program)
    }


def says_more(made: Made, kept: Mapping[Name, VintageRow]) -> bool:
    """Say whether a vintage is worth a row: a refusal told twice of the same day is not."""
    before = kept.get(name_of(made.vintage))
    return before is None or _told(made.vintage) != _told(before)


def _told(row: VintageRow) -> tuple[object, ...]:
    # Every forecast is worth its row, whatever it says: its moment tells it from any other.
    moment = None if row.status == REFUSED else row.computed_at
    return row.origin_day, row.status, row.reason, row.definition, row.program, moment


def _stands(row: VintageRow, asked: AskedSeries, program: str) -> bool:
    if asked.series is None or row.reason.startswith(LOST):
        return False
    before = (row.definition, row.target, row.threshold, row.horizon_days, row.program)
    present = (asked.definition, asked.target, asked.threshold, asked.horizon_days, program)
    return (
        before == present
        and row.origin_day == asked.series.last_day
        # Late records may have changed a day that was known.
        and row.recent == recent_of(asked.series)
    )
