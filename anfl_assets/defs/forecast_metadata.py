"""What a forecast says of itself on Dagster's pages (§3.2): counts, crossings, one fan drawn."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import dagster as dg

from anfl_assets.chart.image import svg
from anfl_assets.defs.markdown import picture, table
from anfl_assets.defs.progress import SAID_KEY
from anfl_assets.flow.forecasting.run import ForecastRun
from anfl_assets.report.fan import drawn_fan
from anfl_assets.report.forecasts import ForecastDay, VintageRow, foretells
from anfl_assets.wording.numbers import counted, quantity

_STATUSES = ("forecastable", "not_forecastable", "refused")
# More columns would run out of the narrow table they stand in.
_HEADINGS = ("series", "threshold", "even odds", "by the end")
_SHOWN = 20
_WIDTH, _HEIGHT = 720, 280


def forecast_metadata(run: ForecastRun, *, seconds: float) -> dict[str, Any]:
    """Say how many series of each status, how many were made now, and what will cross."""
    vintages = vintages_of(run)
    statuses = Counter(row.status for row in vintages)
    crossing = crossings(vintages)
    return {
        "dagster/row_count": len(vintages),
        SAID_KEY: _said(statuses, crossing),
        **{status: statuses[status] for status in _STATUSES},
        "made": len(run.made),
        "standing_from_before": len(run.standing),
        "days_scored": run.scored,
        "seconds": round(seconds, 1),
        "crossings": dg.MetadataValue.md(_crossing_table(crossing)),
    }


def fan_metadata(vintage: VintageRow, days: Sequence[ForecastDay]) -> dg.MarkdownMetadataValue:
    """Draw a vintage and its days."""
    spec = drawn_fan(
        vintage,
        days,
        "light",
        title=f"{vintage.subject} {vintage.metric_id}, {vintage.form}",
        subtitle=vintage.reason,
        width=_WIDTH,
        height=_HEIGHT,
    )
    # Dagster's pages are light or dark as their reader likes; the picture brings its own ground.
    # Every run keeps one: as SVG it is a seventh of a PNG.
    return dg.MetadataValue.md(picture(svg({**spec, "background": "white"}), spec["description"]))


def vintages_of(run: ForecastRun) -> list[VintageRow]:
    """Return every vintage that stands after a run."""
    return [*(each.vintage for each in run.made), *run.standing]


def crossings(vintages: Sequence[VintageRow]) -> list[VintageRow]:
    """Return the vintages that foretell a crossing, the soonest first."""
    return sorted(filter(foretells, vintages), key=lambda row: row.threshold_day_50 or date.max)


def most_telling(vintages: Sequence[VintageRow]) -> VintageRow | None:
    """Return the soonest crossing, else the likeliest one; None where nothing was forecast."""
    foretold = crossings(vintages)
    if foretold:
        return foretold[0]
    forecast = [row for row in vintages if row.threshold_probability is not None]
    return max(forecast, key=_telling, default=None)


def _telling(row: VintageRow) -> tuple[bool, bool, float]:
    """Order by trust, then by what is still to come, then by how likely it is."""
    return row.status == "forecastable", not row.is_across_now, row.threshold_probability or 0.0


def _said(statuses: Mapping[str, int], crossing: Sequence[VintageRow]) -> str:
    if not statuses:
        return "no series has a closed day yet"
    counts = [
        f"{statuses[name]:,} {name.replace('_', ' ')}" for name in _STATUSES if name in statuses
    ]
    series = counted(sum(statuses.values()), "series", "series")
    if not crossing:
        return f"{series}: {', '.join(counts)}; no crossing foretold"
    first = crossing[0]
    foretold = counted(len(crossing), "crossing", "crossings")
    soonest = f"{first.subject} {first.metric_id} {first.form} by {first.threshold_day_50}"
    return f"{series}: {', '.join(counts)}; {foretold} foretold, the soonest {soonest}"


def _crossing_table(crossing: Sequence[VintageRow]) -> str:
    if not crossing:
        return "No crossing is foretold."
    cells = [
        (
            f"{row.subject} {row.metric_id} {row.form}",
            quantity(row.threshold, row.unit),
            str(row.threshold_day_50),
            f"{100 * (row.threshold_probability or 0):.0f} %",
        )
        for row in crossing[:_SHOWN]
    ]
    return table(_HEADINGS, cells)
