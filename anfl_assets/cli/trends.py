"""`anfl trends`: which metrics become worse or better, since when, and how sure that is (§3.1).

Shows what was computed of the newest build; computes it where nothing was, or for another moment.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from anfl_assets.cli.options import (
    as_of_option,
    current_moment,
    data_dir_option,
    existing_workspace,
    json_option,
    print_json,
)
from anfl_assets.cli.render import NOTHING, change, console, label, quantity, table

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from anfl_assets.catalog.sections import Trend
    from anfl_assets.report.trends import TrendRow

_TOLD = ("worsening", "improving")
_STYLES = {"worsening": "red", "improving": "green", "together": "bold", "opposite": "bold"}
_WIDE_FROM = 120
_COURSE = 24


@click.command
@click.argument("metric", required=False)
@click.option("--subject", help="Only this subject, such as a service or host/resource.")
@data_dir_option
@as_of_option
@click.option("--all", "is_all", is_flag=True, help="The flat and the insufficient ones too.")
@json_option
def command(
    metric: str | None,
    *,
    subject: str | None,
    data_dir: Path,
    as_of: datetime | None,
    is_all: bool,
    as_json: bool,
) -> None:
    """Which metrics become worse or better; METRIC (an id or an alias) alone, whole."""
    from anfl_assets.catalog import load_catalog
    from anfl_assets.flow.analysis.analyse import standing_trends
    from anfl_assets.flow.analysis.subjects import history_begins_at
    from anfl_assets.report.published import open_published

    catalog = load_catalog()
    named = {each.metric_id for each in catalog.resolve(metric)} if metric else set()
    with open_published(existing_workspace(data_dir)) as published:
        rows = standing_trends(published, catalog, now=current_moment(None), as_of=as_of)
        begins_at = None if rows else history_begins_at(published)
    found = [
        row
        for row in rows
        if (not named or row.metric_id in named) and subject in (None, row.subject)
    ]
    if as_json:
        print_json([asdict(row) for row in found])
        return
    out = console()
    if not rows:
        out.print(nothing_yet(as_of, begins_at))
    elif not found:
        out.print(_none_of(rows, metric, subject))
    for name in dict.fromkeys(row.trend for row in found):
        each = [row for row in found if row.trend == name]
        _tell(out, catalog.trends[name], each, is_whole=bool(is_all or metric or subject))
    if found:
        out.print(_HOW_TO_READ)


def nothing_yet(as_of: datetime | None, begins_at: datetime | None) -> str:
    """Say that no window had ended, and when the first one did."""
    from anfl_assets.wording.numbers import moment

    if as_of is None or begins_at is None:
        return "No window has ended yet: there is nothing to analyse."
    return f"No window had ended by {moment(as_of)}; the first one ended {moment(begins_at)}."


def verdict_text(verdict: str) -> Text:
    """Show a verdict as glyph and word."""
    from rich.text import Text

    from anfl_assets.report.analysis_tables import VERDICT_LOOKS

    look = VERDICT_LOOKS[verdict]
    return Text(f"{look.glyph} {look.word}", style=_STYLES.get(verdict, ""))


def counted_verdicts(verdicts: Sequence[str]) -> str:
    """Count verdicts that are not shown: `37 flat, 2 insufficient`; empty where there are none."""
    counts = Counter(verdicts)
    return ", ".join(f"{count:,} {verdict}" for verdict, count in counts.most_common())


def _tell(out: Console, asked: Trend, rows: list[TrendRow], *, is_whole: bool) -> None:
    from anfl_assets.wording.numbers import moment

    shown = [row for row in rows if is_whole or row.verdict in _TOLD]
    out.print(
        f"{asked.name}: {asked.window} by {asked.granularity}, "
        f"as of {moment(max(row.window_end_at for row in rows))}"
    )
    if shown:
        _print_table(out, shown, is_detailed=is_whole)
    hidden = counted_verdicts([row.verdict for row in rows if row not in shown])
    if hidden:
        out.print(f"  {'and ' if shown else ''}{hidden} (--all shows them)\n")


def _print_table(out: Console, rows: list[TrendRow], *, is_detailed: bool) -> None:
    columns: tuple[str, ...] = ("trend", "metric", "subject", "change")
    if out.width >= _WIDE_FROM and is_detailed:
        columns = ("trend", "metric", "subject", "course", "change", "why")
    elif out.width >= _WIDE_FROM:
        columns = ("trend", "metric", "subject", "course", "change", "95 %", "jumped", "level",
                   "season")  # fmt: skip
    made = table(*columns, numeric=("change", "level"),
                 whole=[name for name in columns if name not in ("subject", "why")])  # fmt: skip
    for row in rows:
        cells = _cells(row)
        made.add_row(*(cells[name] for name in columns))
    out.print(made)


def _cells(row: TrendRow) -> dict[str, str | Text]:
    from anfl_assets.cli.metric import sparkline
    from anfl_assets.report.trends import difference_unit

    return {
        "trend": verdict_text(row.verdict),
        "metric": row.metric_id,
        "subject": label(row.subject),
        "course": sparkline(_thinned(row.spark, _COURSE)),
        "change": change(row.told, difference_unit(row.unit)),
        "95 %": _interval(row),
        "jumped": _jumped(row),
        "level": quantity(row.level, row.unit),
        "season": row.season or NOTHING,
        "why": row.reason,
    }


def _interval(row: TrendRow) -> str:
    """Write the interval of the slope; nothing where it is not the slope that is told."""
    if row.change is None or row.told != row.change:
        return NOTHING
    if row.change_low is None or row.change_high is None:
        return "unbounded"
    return f"{change(row.change_low, '')} … {change(row.change_high, '')}"


def _jumped(row: TrendRow) -> str:
    """Write when the level jumped last."""
    if not row.jumps:
        return NOTHING
    return f"{row.jumps[-1]:%m-%d %H:%M}" if row.slope_per == "hour" else f"{row.jumps[-1]:%m-%d}"


def _thinned(values: list[float | None], width: int) -> list[float | None]:
    return values[:: -(-len(values) // width)]


def _none_of(rows: list[TrendRow], metric: str | None, subject: str | None) -> str:
    names = ", ".join(dict.fromkeys(row.metric_id for row in rows))
    wanted = " ".join(label(name) for name in (metric, subject) if name)
    return f"No trend of {wanted}; the catalog (§3.1) asks for trends of {names}."


_HOW_TO_READ = """\
change  the slope over the whole window, or where there is none what the level
        jumped by; 95 % is the slope's interval, as wide as values that repeat
        each other allow. Times are UTC.
trend   told only where chance is ruled out and the change is at least a tenth
        of the way from target to threshold, or a quarter of the level."""
