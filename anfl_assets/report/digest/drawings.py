"""The charts of a digest as SVG: each metric's recent course, and what drove the largest change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from anfl_assets.chart.bars import bars
from anfl_assets.chart.history import history
from anfl_assets.chart.image import svg
from anfl_assets.chart.types import Bar, Limits, Line, Mark, Point
from anfl_assets.report.digest.content import Digest, Driver, IncidentTold, Tile
from anfl_assets.report.digest.drivers import part_name
from anfl_assets.wording.numbers import change

_WIDTH, _HEIGHT = 320, 130
_BARS_WIDTH = 560
_FEWEST = 2


def tile_charts(digest: Digest) -> dict[str, str]:
    """Return the chart of each metric that has a course, by its id."""
    tiles = [tile for panel in digest.panels for tile in panel.tiles]
    return {
        tile.metric_id: svg(
            history(
                [Line(tile.row.subject, [Point(at, value) for at, value in tile.course])],
                limits=Limits(tile.row.target, tile.row.threshold, tile.row.unit),
                marks=list(_marks(tile, digest.incidents or ())),
                unit=tile.row.unit,
                look="light",
                width=_WIDTH,
                height=_HEIGHT,
            )
        )
        for tile in tiles
        if sum(value is not None for _, value in tile.course) >= _FEWEST
    }


def driver_chart(driver: Driver) -> str:
    """Return the bars of the largest parts."""
    parts = [Bar(part_name(row), row.amount, _signed(row.amount, row.unit)) for row in driver.parts]
    return svg(bars(parts, unit=_in_change(driver.parts[0].unit), look="light", width=_BARS_WIDTH))


def chart_words(tile: Tile) -> str:
    """Say what a chart shows to who does not see it."""
    values = [value for _, value in tile.course if value is not None]
    return (
        f"{tile.title} over time: {len(values):,} windows, from {min(values):,.4g} to "
        f"{max(values):,.4g}, newest {tile.value}; target {tile.target}, "
        f"threshold {tile.threshold}"
    )


def _marks(tile: Tile, incidents: Sequence[IncidentTold]) -> Iterator[Mark]:
    for told in incidents:
        if tile.metric_id in told.metric_ids:
            yield Mark("incident", told.opened_at, told.ended_at, f"#{told.incident_id}")


def _signed(amount: float, unit: str) -> str:
    return change(amount, _in_change(unit))


def _in_change(unit: str) -> str:
    """Return what a difference of two values is told in: of percentages it is points."""
    return "points" if unit == "%" else unit
