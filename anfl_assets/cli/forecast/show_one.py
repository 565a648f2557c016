"""One forecast told in full: drawn, in figures at some leads, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from anfl_assets.cli.forecast.drawing import Drawn, fan_lines
from anfl_assets.cli.forecast.words import (
    REFUSED,
    beyond,
    left_out,
    made_of,
    passage_sentence,
    passages,
    verdict_look,
)
from anfl_assets.cli.render import label, printable, quantity, table
from anfl_assets.report.forecast_words import skill_words
from anfl_assets.wording.numbers import counted, moment, odds

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from anfl_assets.cli.forecast.canvas import Role
    from anfl_assets.report.forecasts import ForecastDay, VintageRow

LEADS = (1, 7, 30, 90)
# A wider drawing would say no more: some 100 columns hold a quarter of a year twice.
_WIDEST = 120
_STYLES: dict[Role, str] = {
    "mean": "bold",
    "band_80": "cyan",
    "band_95": "dim cyan",
    "threshold": "red",
    "target": "green",
    "axis": "dim",
}


def show_one(
    out: Console,
    row: VintageRow,
    days: Sequence[ForecastDay],
    known: Sequence[float | None],
    *,
    shown: int | None = None,
) -> None:
    """Tell a vintage; `known` are the values up to its origin, `shown` how many of them to draw."""
    _head(out, row)
    if row.status == REFUSED or not days:
        return
    drawn = Drawn(
        last_day=row.origin_day,
        known=known,
        ahead=days,
        unit=row.unit,
        target=row.target,
        threshold=row.threshold,
        beyond=beyond(row.direction),
        even_odds=_even_odds(row),
    )
    _draw(out, drawn, shown)
    out.print(leads_table(row, days))
    for found in passages(row):
        out.print(passage_sentence(found))
    if row.status != "forecastable":
        out.print("Not forecastable: none of this is to be relied on, and nobody is alerted by it.")
    out.print()
    out.print(_facts(row))


def leads_table(row: VintageRow, days: Sequence[ForecastDay]) -> Table:
    """Return the forecast at the leads it is scored at, and at the end of its horizon."""
    numeric = ("lead", "expected", "80 %", "95 %", "crossed")
    headings = ("lead", "day", "expected", "80 %", "95 %", "crossed")
    made = table(*headings, numeric=numeric, whole=headings)
    for day in days:
        if day.lead_days in (*LEADS, row.horizon_days):
            made.add_row(
                f"{day.lead_days} d",
                f"{day.day:%Y-%m-%d}",
                quantity(day.mean, None),
                f"{quantity(day.lower_80, None)} … {quantity(day.upper_80, None)}",
                f"{quantity(day.lower_95, None)} … {quantity(day.upper_95, None)}",
                "across" if row.is_across_now else odds(day.threshold_probability),
            )
    return made


def _in(unit: str) -> str:
    return "" if unit in ("score", "count", "ratio") else f", in {unit}"


def _head(out: Console, row: VintageRow) -> None:
    out.print(
        f"{row.metric_id}, {label(row.subject)}, {row.form}: "
        f"{row.horizon_days} days from {row.origin_day:%Y-%m-%d}{_in(row.unit)}",
        style="bold",
    )
    learned = f"learned from {counted(row.train_days, 'day', 'days')}" if row.train_days else ""
    out.print(f"{row.model}, made {moment(row.computed_at)}{', ' if learned else ''}{learned}")
    out.print(verdict_look(row.status).append(f": {printable(row.reason)}", style="default"))


def _draw(out: Console, drawn: Drawn, shown: int | None) -> None:
    from rich.text import Text

    out.print()
    for line in fan_lines(drawn, width=min(out.width, _WIDEST), days=shown):
        pieces = [(text, _STYLES.get(role, "")) for text, role in line]
        out.print(Text.assemble(*pieces, no_wrap=True, overflow="crop"))


def _even_odds(row: VintageRow) -> date | None:
    return None if row.is_across_now else row.threshold_day_50


def _facts(row: VintageRow) -> Table:
    """Return how it was made and what it is worth, each beside its name."""
    from rich.table import Table

    facts = Table.grid(padding=(0, 2))
    told = {
        "made of": made_of(row),
        "left out": left_out(row),
        "worth": skill_words(row),
        "treated": "; ".join(row.notes),
    }
    for name, text in told.items():
        if text:
            facts.add_row(name, printable(text))
    return facts
