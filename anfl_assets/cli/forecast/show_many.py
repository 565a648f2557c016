"""Several forecasts as a list, a line each: its course, its fan, and whether it crosses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from anfl_assets.cli.forecast.words import crossed, newest, verdict_look
from anfl_assets.cli.metric import sparkline
from anfl_assets.cli.render import NOTHING, label, quantity, table

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from anfl_assets.report.forecasts import ForecastDay, VintageRow

_KNOWN, _AHEAD = 12, 8
_SUBJECT = 12
Days = Mapping[str, Sequence["ForecastDay"]]


class _Column(NamedTuple):
    """A column, and the narrowest terminal that has room for it."""

    heading: str
    cell: Callable[[VintageRow, Sequence[ForecastDay]], str | Text]
    is_numeric: bool = False
    from_width: int = 0


_COLUMNS = (
    _Column("subject", lambda row, _: label(row.subject)),
    _Column("form", lambda row, _: row.form),
    _Column("was | will be", lambda row, days: course(row.recent, [day.mean for day in days])),
    _Column("now", lambda row, _: quantity(newest(row), row.unit), is_numeric=True),
    _Column("80 % at the end", lambda _, days: _end(days), is_numeric=True, from_width=132),
    _Column("P(crossed)", lambda row, _: crossed(row), is_numeric=True),
    _Column("verdict", lambda row, _: verdict_look(row.status), from_width=100),
)


def show_many(out: Console, rows: Sequence[VintageRow], days: Days) -> None:
    """List vintages by metric; a narrow terminal has room for fewer columns."""
    columns = [column for column in _COLUMNS if out.width >= column.from_width]
    for metric_id in dict.fromkeys(row.metric_id for row in rows):
        out.print(metric_id, style="bold")
        made = table(
            *(column.heading for column in columns),
            numeric=[column.heading for column in columns if column.is_numeric],
            whole=[column.heading for column in columns[1:]],
        )
        made.columns[0].min_width = _SUBJECT
        for row in (row for row in rows if row.metric_id == metric_id):
            ahead = days.get(row.vintage_id, ())
            made.add_row(*(column.cell(row, ahead) for column in columns))
        out.print(made)
    out.print(
        "will be: what is expected up to the end of the horizon, in one scale with what was.\n"
        "--subject and --form choose one and draw it; `anfl forecast crossing` says when."
    )


def _end(days: Sequence[ForecastDay]) -> str:
    if not days:
        return NOTHING
    return f"{quantity(days[-1].lower_80, None)} … {quantity(days[-1].upper_80, None)}"


def course(known: Sequence[float | None], ahead: Sequence[float]) -> str:
    """Draw both in one scale, each thinned to the means of a few days: `▂▂▃▃|▃▄▅▆`."""
    before, after = _thinned(known, _KNOWN), _thinned(ahead, _AHEAD)
    drawn = sparkline([*before, *after])
    return f"{drawn[: len(before)]}|{drawn[len(before) :]}"


def _thinned(values: Sequence[float | None], most: int) -> list[float | None]:
    if not values:
        return []
    each = -(-len(values) // most)
    parts = [values[at : at + each] for at in range(0, len(values), each)]
    return [_mean([value for value in part if value is not None]) for part in parts]


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
