"""The operational dashboard: productivity, process efficiency, allocation, hour by hour."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from anfl_assets.pages.reading import Reading


async def content(request: Request, reading: Reading) -> Mapping[str, Any]:
    """Return the panels with their measures."""
    del request
    return {"reading": reading, "panels": []}
