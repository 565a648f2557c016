"""`anfl correlations`: what goes with what, and which of the two leads (§3.1).

Shows what was computed of the newest build; computes it where nothing was, or for another moment.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
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
from anfl_assets.cli.render import NOTHING, console, duration, label, table
from anfl_assets.cli.trends import counted_verdicts, nothing_yet, verdict_text

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from anfl_assets.catalog.sections import Correlation
    from anfl_assets.report.correlations import CorrelationRow

_TOLD = ("together", "opposite")
_WIDE_FROM = 120


@click.command
@data_dir_option
@as_of_option
@click.option("--all", "is_all", is_flag=True, help="The unrelated and insufficient ones too.")
@json_option
def command(*, data_dir: Path, as_of: datetime | None, is_all: bool, as_json: bool) -> None:
    """What goes with what, how long after, and how sure that is."""
    from anfl_assets.catalog import load_catalog
    from anfl_assets.flow.analysis.analyse import standing_correlations
    from anfl_assets.flow.analysis.subjects import history_begins_at
    from anfl_assets.report.published import open_published

    catalog = load_catalog()
    with open_published(existing_workspace(data_dir)) as published:
        rows = standing_correlations(published, catalog, now=current_moment(None), as_of=as_of)
        begins_at = None if rows else history_begins_at(published)
    if as_json:
        print_json([asdict(row) for row in rows])
        return
    out = console()
    if not rows:
        out.print(nothing_yet(as_of, begins_at))
        return
    for name in dict.fromkeys(row.correlation for row in rows):
        each = [row for row in rows if row.correlation == name]
        _tell(out, catalog.correlations[name], each, is_all=is_all)
    out.print(_HOW_TO_READ)


def _tell(out: Console, asked: Correlation, rows: list[CorrelationRow], *, is_all: bool) -> None:
    from anfl_assets.wording.numbers import moment

    shown = [row for row in rows if is_all or row.verdict in _TOLD]
    left, right = asked.metric_words
    out.print(
        f"{asked.name}: {left} with {right}, {asked.window} by {asked.granularity}, lags up to "
        f"{asked.max_lag}, as of {moment(rows[0].window_end_at)}"
    )
    if shown:
        _print_table(out, shown)
        hidden = counted_verdicts([row.verdict for row in rows if row not in shown])
        out.print(f"  and {hidden} (--all shows them)\n" if hidden else "")
        return
    out.print(f"  nothing stands among {len(rows):,} pairs: {_all_of(rows)} (--all shows them)")
    out.print(f"  nearest: {_nearest(rows[0])}\n")


def _all_of(rows: list[CorrelationRow]) -> str:
    return counted_verdicts([row.verdict for row in rows])


def _nearest(row: CorrelationRow) -> str:
    return f"{label(row.left_subject)} with {label(row.right_subject)}: {row.reason}"


def _print_table(out: Console, rows: list[CorrelationRow]) -> None:
    is_wide = out.width >= _WIDE_FROM
    more = ("by rank", "slope", "worth", "why") if is_wide else ()
    numeric = ("r", "by rank", "slope", "worth")
    made = table("correlation", "left", "right", "leads", "r", "95 %", *more,
                 numeric=numeric, whole=("correlation", "leads", "r", "95 %", "slope"))  # fmt: skip
    for row in rows:
        bounds = NOTHING if row.r_low is None else f"{row.r_low:+.2f} … {row.r_high:+.2f}"
        cells: list[str | Text] = [
            verdict_text(row.verdict),
            label(row.left_subject),
            label(row.right_subject),
            _leader(row.lag_s),
            _signed(row.r),
            bounds,
        ]
        if is_wide:
            worth = NOTHING if row.effective is None else f"{row.effective:,.0f} of {row.points:,}"
            cells += [_signed(row.rank_r), _slope(row), worth, row.reason]
        made.add_row(*cells)
    out.print(made)


def _leader(lag_s: float | None) -> str:
    if lag_s is None:
        return NOTHING
    if not lag_s:
        return "neither"
    ahead = duration(timedelta(seconds=abs(lag_s)))
    return f"left, {ahead}" if lag_s > 0 else f"right, {ahead}"


def _slope(row: CorrelationRow) -> str:
    if row.slope is None:
        return NOTHING
    return f"{row.slope:+.3g} {row.right_unit} per {row.left_unit}"


def _signed(value: float | None) -> str:
    return NOTHING if value is None else f"{value:+.2f}"


_HOW_TO_READ = """\
r       Pearson's, without trend and daily or weekly course, at the lag where it
        is surest; its 95 % interval pays for values that repeat each other and
        for every lag that was tried.
stands  a pair that is no chance among all pairs (5 % of those that stand may
        be), explains about a tenth or more, and also holds by rank. It says what
        goes together, not what causes what."""
