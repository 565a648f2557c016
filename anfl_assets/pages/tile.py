"""What a tile says: one row of the board in words, with its recent course.

Values are also there as data, so that a test or a script can hold them to `anfl status --json`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import quote, urlencode

from anfl_assets.catalog import Metric
from anfl_assets.pages.render import iso
from anfl_assets.pages.thinned import thinned
from anfl_assets.report.dashboard import MetricView
from anfl_assets.report.metric_words import (
    change_words,
    precise,
    target_words,
    threshold_words,
    title,
    value_words,
)
from anfl_assets.report.scoreboard import BoardRow
from anfl_assets.report.sparks import Course
from anfl_assets.wording.looks import STATUS_LOOKS
from anfl_assets.wording.numbers import counted
from anfl_assets.wording.windows import window_name

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
    verdict_of_change: str
    window: str
    samples: str
    course: Sequence[tuple[str, float | None]]
    is_live: bool = False
    as_of: datetime | None = None

    @property
    def key(self) -> str:
        """Name it apart from every other tile."""
        return f"{self.row.metric_id}/{self.row.subject}"

    @property
    def address(self) -> str:
        """Return the page behind it."""
        return metric_address(self.row.metric_id, self.row.subject, self.as_of)


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
    view: MetricView,
    sparks: Mapping[tuple[str, str], Course],
    *,
    as_of: datetime | None = None,
) -> MetricTile:
    """Return a metric's tile: of its parts those that are not on target, worst first."""
    wrong = [row for row in view.parts if row.status != _CALM]
    named = wrong[:_PARTS_SHOWN]
    return MetricTile(
        tile(view.metric, view.headline, sparks, as_of=as_of),
        tuple(tile(view.metric, row, sparks, as_of=as_of) for row in named),
        len(view.parts) - len(named),
    )


def tile(
    metric: Metric,
    row: BoardRow,
    sparks: Mapping[tuple[str, str], Course],
    *,
    as_of: datetime | None = None,
) -> Tile:
    """Return a row in words; `as_of` is the earlier moment it was judged for, if it was."""
    course = thinned(sparks.get((row.metric_id, row.subject), []))
    return Tile(
        metric=metric,
        # An age changes at every look; the end of the window says it as well.
        row=replace(row, staleness_s=None),
        title=title(row.metric_id),
        value=value_words(row.value, metric),
        target=target_words(row),
        threshold=threshold_words(row),
        change=change_words(row),
        verdict_of_change=_verdict(row),
        window=window_name(row.grain, row.window_start_at, row.window_end_at),
        samples=counted(row.sample_count, "sample", "samples"),
        course=[(iso(at), value) for at, value in course],
        as_of=as_of,
    )


def metric_address(
    metric_id: str, subject: str | None = None, as_of: datetime | None = None
) -> str:
    """Return the address of a metric's page, of one subject, at an earlier moment."""
    path = f"/metrics/{quote(metric_id, safe='')}"
    asked = {"subject": subject, "as_of": iso(as_of)}
    # A name that is no text (half a surrogate pair) leads nowhere, but is no error either.
    query = urlencode({name: each for name, each in asked.items() if each}, errors="replace")
    return f"{path}?{query}" if query else path


def _verdict(row: BoardRow) -> str:
    if row.change is None or precise(row.change) == 0:
        return ""
    return "worse" if (row.change > 0) == (row.threshold > row.target) else "better"
