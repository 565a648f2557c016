"""A scorecard at the terminal: all series together by lead, each of them, how to read it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from anfl_assets.cli.forecast.words import FORECASTABLE
from anfl_assets.cli.render import count, label, table
from anfl_assets.report.forecast_words import VERDICT_LOOKS, error_words, gain_words, share_words

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from anfl_assets.report.scorecard import ScorecardRow


class _Column(NamedTuple):
    """A column, and the narrowest terminal that has room for it."""

    heading: str
    cell: Callable[[ScorecardRow], str]
    is_numeric: bool = True
    from_width: int = 0


class _Sum(NamedTuple):
    """All series together."""

    mase: float
    floor_mase: float
    skill: float | None


_LEAD = _Column("lead", lambda row: lead_words(row.lead_days))
_COLUMNS = (
    _Column("series", lambda row: f"  {label(row.subject)}, {row.form}", is_numeric=False),
    _LEAD,
    _Column("days", lambda row: count(row.n_backtest + row.n_live), from_width=92),
    _Column("live", lambda row: count(row.n_live), from_width=116),
    _Column("MASE", lambda row: error_words(row.mase)),
    _Column("floor", lambda row: error_words(row.floor_mase), from_width=84),
    _Column("skill", gain_words),
    _Column("sMAPE", lambda row: f"{row.smape_pct:.1f} %", from_width=112),
    _Column("80 %", lambda row: share_words(row.coverage_80)),
    _Column("95 %", lambda row: share_words(row.coverage_95)),
    _Column("", lambda row: VERDICT_LOOKS[row.verdict].glyph, is_numeric=False),
    _Column(
        "verdict", lambda row: VERDICT_LOOKS[row.verdict].word, is_numeric=False, from_width=104
    ),
)


def print_scorecard(out: Console, rows: Sequence[ScorecardRow], *, is_whole: bool) -> None:
    """Print the summary and each series: every lead of it, or all leads together."""
    for model in dict.fromkeys(row.model for row in rows):
        _print_summary(out, model, [row for row in rows if row.model == model])
    out.print(_series_table(rows, width=out.width, is_whole=is_whole))
    if not is_whole:
        out.print("METRIC shows every lead of its series, --lead N one lead of all.")
    out.print(HOW_TO_READ)


def lead_words(lead_days: int | None) -> str:
    """Write a lead: `7 d`; of all together `all`."""
    return "all" if lead_days is None else f"{lead_days} d"


def _print_summary(out: Console, model: str, rows: Sequence[ScorecardRow]) -> None:
    series = {(row.metric_id, row.subject, row.form): row.verdict for row in rows}
    good = sum(verdict == FORECASTABLE for verdict in series.values())
    out.print(f"{model}: {count(good)} of {count(len(series))} series forecastable", style="bold")
    out.print(summary_table(rows))


def summary_table(rows: Sequence[ScorecardRow]) -> Table:
    """Return all series together by lead, each scored day weighing one."""
    headings = ("lead", "series", "days", "MASE", "floor", "skill", "80 %", "95 %")
    made = table(*headings, numeric=headings, whole=headings)
    for lead in sorted({row.lead_days or 0 for row in rows}):
        made.add_row(*_summed([row for row in rows if (row.lead_days or 0) == lead]))
    return made


def _summed(rows: Sequence[ScorecardRow]) -> list[str]:
    days = [row.n_backtest + row.n_live for row in rows]

    def mean(values: Sequence[float]) -> float:
        return sum(n * value for n, value in zip(days, values, strict=True)) / sum(days)

    mase, floor = mean([row.mase for row in rows]), mean([row.floor_mase for row in rows])
    return [
        lead_words(rows[0].lead_days),
        count(len(rows)),
        count(sum(days)),
        error_words(mase),
        error_words(floor),
        gain_words(_Sum(mase, floor, 1 - mase / floor if floor > 0 else None)),
        share_words(mean([row.coverage_80 for row in rows])),
        share_words(mean([row.coverage_95 for row in rows])),
    ]


def _series_table(rows: Sequence[ScorecardRow], *, width: int, is_whole: bool) -> Table:
    columns = [
        column
        for column in _COLUMNS
        if width >= column.from_width and (is_whole or column is not _LEAD)
    ]
    made = table(
        *(column.heading for column in columns),
        numeric=[column.heading for column in columns if column.is_numeric],
        whole=[column.heading for column in columns[1:]],
    )
    shown = [row for row in rows if is_whole or row.lead_days is None]
    for metric_id in dict.fromkeys(row.metric_id for row in shown):
        made.add_row(metric_id, style="bold")
        for row in shown:
            if row.metric_id == metric_id:
                made.add_row(*(column.cell(row) for column in columns))
    return made


HOW_TO_READ = """\
MASE     mean error as a multiple of how far the series moves in a week (1 is as
         wrong as saying the same day last week); floor: that of the best of
         naive, drift and seasonal naive. skill: how much smaller ours is;
         – where there is next to no error to make smaller.
80 %     how many days lay inside that interval; honest is about 80.
✔ –      the newest forecast is forecastable or not; what is not alerts nobody."""
