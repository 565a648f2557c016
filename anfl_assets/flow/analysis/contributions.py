"""What subjects contributed to a metric's change, on a published build (specification §3.1).

Between which windows is said in `comparing.py`, by which method in `splitting.py`; here the two
meet, for one metric that somebody asks about and for the change of every metric on the board.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from anfl_assets.analyze.contribution import Contribution
from anfl_assets.catalog.duration import Duration
from anfl_assets.catalog.model import Catalog, Metric
from anfl_assets.flow.analysis.comparing import NothingToSplit, Window, compared_windows
from anfl_assets.flow.analysis.splitting import split
from anfl_assets.report.contributions import ContributionRow, largest_first
from anfl_assets.report.published import Published


@dataclass(frozen=True)
class Explained:
    """A change and its parts, which add up to `after - before`; all in `unit`.

    `whole` says what changed: `all`, or the mean of the subjects where there is no whole.
    """

    metric_id: str
    unit: str
    whole: str
    earlier: Window
    later: Window
    before: float
    after: float
    contributions: tuple[Contribution, ...]


@dataclass(frozen=True)
class Unexplained:
    """A metric whose change was not split, and why."""

    metric_id: str
    reason: str


def explain(
    published: Published,
    metric: Metric,
    *,
    grain: str | None = None,
    at: datetime | None = None,
    against: datetime | Duration | None = None,
) -> Explained:
    """Split the change of one metric between two windows, largest part first.

    Raises:
        NothingToSplit: there are no two windows, or the change is no sum of anything kept.
    """
    earlier, later = compared_windows(published, metric, grain=grain, at=at, against=against)
    found = split(published, metric, earlier, later)
    return Explained(
        metric_id=metric.metric_id,
        unit=metric.unit.value,
        whole=found.whole,
        earlier=earlier,
        later=later,
        before=found.ends[0],
        after=found.ends[1],
        contributions=tuple(sorted(found.contributions, key=lambda each: -abs(each.amount))),
    )


def explain_all(
    published: Published, catalog: Catalog, *, at: datetime | None = None
) -> tuple[list[Explained], list[Unexplained]]:
    """Split the change of every metric of the catalog, as far as there is one to split."""
    explained: list[Explained] = []
    others: list[Unexplained] = []
    for metric in catalog.metrics.values():
        try:
            explained.append(explain(published, metric, at=at))
        except NothingToSplit as reason:
            others.append(Unexplained(metric.metric_id, str(reason)))
    return explained, others


def contribution_rows(
    explained: list[Explained], *, build_id: str, now: datetime
) -> list[ContributionRow]:
    """Return the parts as rows of the lake, a metric's largest first, without those of nothing."""
    return largest_first(
        [
            ContributionRow(
                metric_id=change.metric_id,
                subject=part.subject,
                effect=part.effect,
                amount=part.amount,
                unit=change.unit,
                whole=change.whole,
                before=change.before,
                after=change.after,
                grain=change.later.grain,
                window_start_at=change.later.start_at,
                window_end_at=change.later.end_at,
                against_start_at=change.earlier.start_at,
                against_end_at=change.earlier.end_at,
                computed_at=now,
                build_id=build_id,
            )
            for change in explained
            for part in change.contributions
            if part.amount
        ]
    )
