"""The executive dashboard: business growth, system health, key indicators, from one build."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anfl_assets.pages.reading import Reading
from anfl_assets.pages.tile import metric_tile


def content(reading: Reading) -> Mapping[str, Any]:
    """Return the panels, each with its metrics' tiles."""
    return {
        "reading": reading,
        "panels": [
            (panel.title, [metric_tile(view, reading.sparks) for view in panel.metrics])
            for panel in reading.panels("executive")
        ],
    }
