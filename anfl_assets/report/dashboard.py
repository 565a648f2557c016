"""What a dashboard of §4.1 shows: its panels, and of each metric the headline and its parts.

Which metric is on which panel is the catalog's; a metric without data is there and says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from anfl_assets.catalog import Catalog, Metric
from anfl_assets.report.scoreboard import BoardRow


@dataclass(frozen=True)
class MetricView:
    """One metric of a panel: the row that stands for it, and every other, worst first.

    The headline is the whole (`all`) where there is one, else the worst part.
    """

    metric: Metric
    headline: BoardRow
    parts: tuple[BoardRow, ...]

    @property
    def rows(self) -> tuple[BoardRow, ...]:
        """Headline and parts."""
        return (self.headline, *self.parts)


@dataclass(frozen=True)
class Panel:
    """A panel and the metrics on it, in the catalog's order."""

    title: str
    metrics: tuple[MetricView, ...]


def panels(catalog: Catalog, dashboard: str, board: Sequence[BoardRow]) -> tuple[Panel, ...]:
    """Return the panels of a dashboard; `board` is worst first, as `scoreboard` returns it.

    A metric that the board does not have (it was built before the catalog had it) is left out.
    """
    views = metric_views(catalog, board)
    return tuple(
        Panel(
            title,
            tuple(view for view in views if view.metric.panels.get(dashboard) == title),
        )
        for title in catalog.dashboards[dashboard].panels
    )


def metric_views(catalog: Catalog, board: Sequence[BoardRow]) -> tuple[MetricView, ...]:
    """Return every metric of the board, in the catalog's order."""
    views = (
        _view(metric, [row for row in board if row.metric_id == metric.metric_id])
        for metric in catalog.metrics.values()
    )
    return tuple(view for view in views if view is not None)


def _view(metric: Metric, rows: Sequence[BoardRow]) -> MetricView | None:
    if not rows:
        return None
    headline = next((row for row in rows if row.subject == "all"), rows[0])
    return MetricView(metric, headline, tuple(row for row in rows if row is not headline))
