"""What a tile says: one row of the board in words, with its recent course.

Values are also there as data, so that a test or a script can hold them to `anfl status --json`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode

from anfl_assets.catalog import Metric
from anfl_assets.pages.render import iso, title, told, told_change, told_limit
from anfl_assets.report.dashboard import MetricView
from anfl_assets.report.scoreboard import BoardRow
from anfl_assets.report.sparks import Course
from anfl_assets.wording.looks import STATUS_LOOKS
from anfl_assets.wording.numbers import counted
from anfl_assets.wording.windows import window_name

_OPERATORS = {"<": "<", "<=": "≤", ">": ">", ">=": "≥"}
_COMPARED = {
    "5 minutes": "on the day before",
    "hour": "on the day before",
    "day": "on the week before",
    "week": "on the week before",
    "30 days": "on the 30 days before",
    "month": "on the month before",
    "quarter": "on the quarter before",
}
_PARTS_SHOWN = 4
_CALM = "on_target"


@dataclass(frozen=True)
class Tile:
    """One row in words.

    `course` are [ISO time, value] pairs, oldest first; `verdict_of_change` is `better`, `worse` or
    empty. `is_live`: judged between two builds.
    """

    metric: Metric
    row: BoardRow
    title: str
    value: str
    target: str
    threshold: str
    change: str
    change_on: str
    verdict_of_change: str
    window: str
    samples: str
    course: Sequence[tuple[str, float | None]]
    is_live: bool = False

    @property
    def key(self) -> str:
        """Name it apart from every other tile."""
        return f"{self.row.metric_id}/{self.row.subject}"

    @property
    def address(self) -> str:
        """Return the page behind it."""
        return metric_address(self.row.metric_id, self.row.subject)


@dataclass(frozen=True)
class MetricTile:
    """A metric's headline tile with the parts worth naming beside it, and how many are not."""

    headline: Tile
    parts: tuple[Tile, ...]
    calm_count: int

    @property
    def worst(self) -> str:
        """Return the worst status of the metric: what its frame shows."""
        statuses = [self.headline.row.status, *(part.row.status for part in self.parts)]
        return min(statuses, key=list(STATUS_LOOKS).index)


def metric_tile(
    view: MetricView, sparks: Mapping[tuple[str, str], Course], *, shown: int = _PARTS_SHOWN
) -> MetricTile:
    """Return a metric's tile: of its parts those that are not on target, worst first."""
    wrong = [row for row in view.parts if row.status != _CALM]
    named = wrong[:shown]
    return MetricTile(
        tile(view.metric, view.headline, sparks),
        tuple(tile(view.metric, row, sparks) for row in named),
        len(view.parts) - len(named),
    )


def tile(metric: Metric, row: BoardRow, sparks: Mapping[tuple[str, str], Course]) -> Tile:
    """Return a row in words."""
    course = sparks.get((row.metric_id, row.subject), [])
    return Tile(
        metric=metric,
        # An age changes at every look; the end of the window says it as well.
        row=replace(row, staleness_s=None),
        title=title(row.metric_id),
        value=told(row.value, metric),
        target=f"{_OPERATORS[row.target_operator]} {told_limit(row.target, metric)}",
        threshold=f"{_beyond(row)} {told_limit(row.threshold, metric)}",
        change="" if row.change is None else told_change(row.change, metric),
        change_on=_COMPARED.get(row.grain, ""),
        verdict_of_change=_verdict(row, metric),
        window=window_name(row.grain, row.window_start_at, row.window_end_at),
        samples=counted(row.sample_count, "sample", "samples"),
        course=[(iso(at), value) for at, value in course],
    )


def metric_address(metric_id: str, subject: str | None = None) -> str:
    """Return the address of a metric's page, of one subject where one is named."""
    path = f"/metrics/{quote(metric_id, safe='')}"
    return path if subject is None else f"{path}?{urlencode({'subject': subject})}"


def _beyond(row: BoardRow) -> str:
    """Say on which side of the threshold a breach is: away from the target."""
    return ">" if row.threshold > row.target else "<"


def _verdict(row: BoardRow, metric: Metric) -> str:
    if row.change is None or told_change(row.change, metric) == "unchanged":
        return ""
    return "worse" if (row.change > 0) == (row.threshold > row.target) else "better"
