"""The executive dashboard: business growth, system health, key indicators, from one build."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anfl_assets.pages.forecasts.lines import Coming
from anfl_assets.pages.live.boards import built_panels
from anfl_assets.pages.reading import Reading


def content(reading: Reading, coming: Coming | None) -> Mapping[str, Any]:
    """Return the panels, each with its metrics' tiles, and what is coming if it is about now."""
    return {
        "reading": reading,
        "panels": built_panels("executive", reading),
        "coming": coming,
    }
