"""Every metric of the catalog by section, with how it stands; also those without data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from anfl_assets.catalog import Catalog, Metric
from anfl_assets.pages.reading import Reading
from anfl_assets.pages.tile import Tile, metric_address, tile
from anfl_assets.report.dashboard import MetricView
from anfl_assets.report.metric_words import title


@dataclass(frozen=True)
class Entry:
    """One metric; `tile` is None where the build does not have it.

    `wrong` counts its parts that are not on target, `worst` is the worst of them.
    """

    metric: Metric
    title: str
    address: str
    tile: Tile | None = None
    wrong: int = 0
    worst: str = ""
    calm: int = 0


def content(catalog: Catalog, reading: Reading | None) -> Mapping[str, Any]:
    """Return the sections of §1 with their metrics, in the catalog's order."""
    views = {} if reading is None else {view.metric.metric_id: view for view in reading.metrics()}
    sections: dict[tuple[str, str], list[Entry]] = {}
    for metric in catalog.metrics.values():
        entry = Entry(metric, title(metric.metric_id), metric_address(metric.metric_id))
        view = views.get(metric.metric_id)
        if view is not None and reading is not None:
            entry = _standing(entry, view, reading)
        sections.setdefault((metric.section, metric.domain), []).append(entry)
    return {"reading": reading, "sections": sections}


def _standing(entry: Entry, view: MetricView, reading: Reading) -> Entry:
    wrong = [row.status for row in view.parts if row.status != "on_target"]
    return replace(
        entry,
        tile=tile(view.metric, view.headline, reading.sparks),
        wrong=len(wrong),
        # The board is worst first.
        worst=wrong[0] if wrong else "",
        calm=len(view.parts) - len(wrong),
    )
