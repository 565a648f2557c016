"""Units a source column may be in, and the factor that brings each to the canonical unit."""

from __future__ import annotations

from anfl_assets.frames import Column

_COUNTS = {"count": 1.0, "thousand": 1e3, "million": 1e6, "billion": 1e9}
_BYTES = {
    "B": 1.0,
    "bytes": 1.0,
    "kB": 1e3,
    "MB": 1e6,
    "GB": 1e9,
    "KiB": 1024.0,
    "MiB": 1024.0**2,
    "GiB": 1024.0**3,
}
_FACTORS: dict[str, dict[str, float]] = {
    "ms": {"ns": 1e-6, "us": 1e-3, "ms": 1.0, "s": 1e3, "min": 60e3, "h": 3.6e6},
    "s": {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, "day": 86_400.0},
    "%": {"%": 1.0, "ratio": 100.0},
    "count": _COUNTS,
    "score": {"score": 1.0},
    "currency": {"currency": 1.0, "cent": 0.01, "thousand": 1e3, "million": 1e6},
    "unit of the report": _COUNTS,
}


def factors(column: Column) -> dict[str, float]:
    """Return unit to factor for a canonical column; empty where a unit makes no sense."""
    if column.name == "bytes":
        return _BYTES
    return _FACTORS.get(column.unit or "", {})
