"""The events of the live page: what changed since the event before, to each who looks."""

from __future__ import annotations

from starlette.routing import BaseRoute


def live_routes() -> list[BaseRoute]:
    """Return the routes of the live events."""
    return []
