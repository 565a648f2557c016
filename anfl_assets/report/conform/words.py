"""How facts are written in a finding: counts, sizes and moments."""

from __future__ import annotations

from datetime import datetime

_KILO = 1_000


def counted(number: int, noun: str, plural: str = "") -> str:
    """Write `1 row`, `6,000 rows`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def size(size_bytes: float) -> str:
    """Write `812 B`, `1.2 MB`."""
    if size_bytes < _KILO:
        return f"{size_bytes:.0f} B"
    scaled, unit = size_bytes / _KILO, "kB"
    for larger in ("MB", "GB"):
        if scaled >= _KILO:
            scaled, unit = scaled / _KILO, larger
    return f"{scaled:,.1f} {unit}"


def moment(at: datetime | None) -> str:
    """Write `2026-11-22 08:15` (UTC), `never` for None."""
    return "never" if at is None else f"{at:%Y-%m-%d %H:%M}"


def number(value: float) -> str:
    """Write `50`, `99.99`."""
    return f"{value:.10g}"
