"""The executive dashboard: business growth, system health, key indicators, from one build."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anfl_assets.pages.live.boards import built_panels
from anfl_assets.pages.reading import Reading


def content(reading: Reading) -> Mapping[str, Any]:
    """Return the panels, each with its metrics' tiles."""
    return {
        "reading": reading,
        "panels": built_panels("executive", reading),
    }
