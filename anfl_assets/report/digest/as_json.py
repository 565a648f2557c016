"""A digest as data: its figures are those of `anfl status --json`, under the same names."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from anfl_assets.report.digest.content import Digest, Driver, Tile
from anfl_assets.report.digest.forecasts import forecasts_as_json
from anfl_assets.report.scoreboard import BoardRow


def as_json(digest: Digest) -> dict[str, Any]:
    """Return the digest as it is written; moments are still moments."""
    return {
        "first_line": digest.first_line,
        "as_of": digest.made_at,
        "data_at": digest.data_at,
        "age": digest.age_line,
        "organisation": digest.organisation,
        "is_simulated": digest.is_simulated,
        "notices": list(digest.notices),
        "counts": dict(digest.counts),
        "panels": [
            {"title": panel.title, "metrics": [_tile(tile) for tile in panel.tiles]}
            for panel in digest.panels
        ],
        "incidents": _listed(digest.incidents),
        "trends": _listed(digest.trends),
        "forecasts": forecasts_as_json(digest.forecasts),
        "largest_change": _driver(digest.driver),
        "build_id": digest.build_id,
    }


def _tile(tile: Tile) -> dict[str, Any]:
    return {
        **_row(tile.row),
        "title": tile.title,
        "value_told": tile.value,
        "change_told": tile.change,
        "is_stale": tile.is_stale,
        "parts": [_row(row) for row in tile.parts],
        "history": [{"window_end_at": at, "value": value} for at, value in tile.course],
    }


def _row(row: BoardRow) -> dict[str, Any]:
    left_out = ("section", "domain")
    return {name: value for name, value in asdict(row).items() if name not in left_out}


def _listed(rows: tuple[Any, ...] | None) -> list[dict[str, datetime | Any]] | None:
    return None if rows is None else [asdict(row) for row in rows]


def _driver(driver: Driver | None) -> dict[str, Any] | None:
    return None if driver is None else asdict(driver)
