"""`anfl contribution`: who brought the change of a metric, part by part, adding up to the whole."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from anfl_assets.cli.contribution_table import parts_table, value_of
from anfl_assets.cli.options import (
    Moment,
    current_moment,
    data_dir_option,
    existing_workspace,
    json_option,
    print_json,
)
from anfl_assets.cli.render import change, console, printable, quantity

if TYPE_CHECKING:
    from rich.console import Console

    from anfl_assets.catalog import Metric
    from anfl_assets.catalog.duration import Duration
    from anfl_assets.flow.analysis.contributions import Explained

_EFFECTS = ("volume", "rate", "mix", "numerator", "denominator")
# From so many columns on each subject's own values stand beside what it brought.
_VALUES_FROM = 100
_MEANINGS = {
    "volume": "volume: what it has more or less",
    "rate": "rate: its own value changed",
    "mix": "mix: its share of the volume changed",
}


class Against(click.ParamType["datetime | Duration"]):
    """A moment, or how much earlier: `2026-11-01`, `1 day`, `3 months`."""

    name = "MOMENT|SPAN"

    def convert(
        self,
        value: str | datetime | Duration,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> datetime | Duration:
        """Read a span of the catalog's own words, else a moment."""
        from anfl_assets.catalog.duration import Duration, parse_duration
        from anfl_assets.errors import BadQuantity

        if isinstance(value, datetime | Duration):
            return value
        try:
            found = parse_duration(value)
        except BadQuantity:
            return Moment().convert(value, param, ctx)
        if not found.count:
            self.fail(f"{value!r} is no span to look back, such as '1 day'", param, ctx)
        return found


@click.command(name="contribution")
@click.argument("name", metavar="METRIC")
@data_dir_option
@click.option("--grain", help="Length of the windows; default the one it is judged on.")
@click.option("--at", "--as-of", "at", type=Moment(), default=None,
              help="The newest window that had ended by then; default the judged one.")  # fmt: skip
@click.option("--against", type=Against(), default=None,
              help="A moment or how much earlier; default as the board does.")  # fmt: skip
@json_option
def command(
    name: str,
    data_dir: Path,
    *,
    grain: str | None,
    at: datetime | None,
    against: datetime | Duration | None,
    as_json: bool,
) -> None:
    """Say what each subject contributed to METRIC's change; the parts add up to the whole."""
    from anfl_assets.catalog import load_catalog
    from anfl_assets.flow.analysis.contributions import explain
    from anfl_assets.flow.overdue import notices
    from anfl_assets.report.published import open_published

    metric = load_catalog().metric(name)
    workspace = existing_workspace(data_dir)
    with open_published(workspace) as published:
        found = explain(published, metric, grain=grain, at=at, against=against)
    if as_json:
        print_json(_document(found))
        return
    shown = console()
    _tell(shown, metric, found)
    for line in notices(workspace, current_moment(None)):
        shown.print(printable(line))


def _tell(out: Console, metric: Metric, found: Explained) -> None:
    unit, moved = found.unit, found.after - found.before
    # A difference of percentages is in points: in percent it would be a share of the value before.
    moved_in = "points" if unit == "%" else unit
    out.print(
        f"{found.metric_id}, {found.whole}: {quantity(found.before, unit)} → "
        f"{quantity(found.after, unit)} ({change(moved, moved_in)})"
    )
    later, earlier = found.later, found.earlier
    out.print(f"  {later.grain} that ended {later.end_at:%Y-%m-%d %H:%M} UTC, "
              f"against the one that ended {earlier.end_at:%Y-%m-%d %H:%M}")  # fmt: skip
    effects = [name for name in _EFFECTS if any(p.effect == name for p in found.contributions)]
    out.print(parts_table(found, effects, is_wide=out.width >= _VALUES_FROM))
    meanings = [_MEANINGS.get(name) or _sum_in_words(metric, name) for name in effects]
    out.print(f"in {moved_in}; {'; '.join(meanings)}")


def _sum_in_words(metric: Metric, effect: str) -> str:
    text = metric.numerator if effect == "numerator" else metric.denominator
    return f"{effect}: {text}"


def _document(found: Explained) -> dict[str, Any]:
    return {
        "metric_id": found.metric_id,
        "unit": found.unit,
        "whole": found.whole,
        "grain": found.later.grain,
        "before": found.before,
        "after": found.after,
        "change": found.after - found.before,
        "window_start_at": found.later.start_at.isoformat(),
        "window_end_at": found.later.end_at.isoformat(),
        "against_start_at": found.earlier.start_at.isoformat(),
        "against_end_at": found.earlier.end_at.isoformat(),
        "contributions": [
            {
                "subject": part.subject,
                "effect": part.effect,
                "amount": part.amount,
                "before": value_of(found.earlier, part.subject),
                "after": value_of(found.later, part.subject),
            }
            for part in found.contributions
        ],
    }
