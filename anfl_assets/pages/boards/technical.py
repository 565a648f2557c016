"""The technical dashboard: system performance, utilization, error rates, judged live."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from anfl_assets.pages.reading import Reading
from anfl_assets.pages.tile import metric_tile


async def content(request: Request, reading: Reading | None) -> Mapping[str, Any]:
    """Return the panels as the build has them; the live ones follow as events."""
    del request
    return {
        "reading": reading,
        "panels": []
        if reading is None
        else [
            (panel.title, [metric_tile(view, reading.sparks) for view in panel.metrics])
            for panel in reading.panels("technical")
        ],
    }
