"""How numbers, spans and moments read: `1,234.5 ms`, `99.95 %`, `+12.3 % MoM`, `23 min 5 s`.

Moments are UTC. Figures in tables, which line up, are the terminal's own (`cli/render.py`).
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from anfl_assets.wording.inert import one_line

NOTHING = "–"
_HARDLY = 0.01
_UNIT_TEXT = {"pct": "%", "score": "", "count": "", "ratio": ""}
_SPANS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))
_THOUSAND = 1_000
_PLAIN_BELOW = 1e12
# A value in seconds that is longer reads better as a span.
_LONG_S = 600


def quantity(value: float | None, unit: str) -> str:
    """Write a number with its unit; `–` for nothing and for what is no number."""
    if value is None or not math.isfinite(value):
        return NOTHING
    if unit == "s" and abs(value) >= _LONG_S:
        return span(timedelta(seconds=min(abs(value), _PLAIN_BELOW)))
    return f"{_digits(value)} {_UNIT_TEXT.get(unit, one_line(unit, 20))}".rstrip()


def growth(value: float | None, over: str) -> str:
    """Write a growth rate in percent with its sign and period: `+12.3 % MoM`."""
    return NOTHING if value is None else f"{change(value, '%')} {over}".rstrip()


def change(value: float | None, unit: str) -> str:
    """Write a signed difference: `+12.3 %`, `-0.4 ms`; zero has no sign."""
    written = quantity(value, unit)
    return f"+{written}" if value is not None and math.isfinite(value) and value > 0 else written


def odds(probability: float | None) -> str:
    """Write a probability: `73 %`; what is nearly certain is not said to be."""
    if probability is None:
        return NOTHING
    if probability < _HARDLY:
        return "< 1 %"
    return "> 99 %" if probability > 1 - _HARDLY else f"{100 * probability:.0f} %"


def span(length: timedelta) -> str:
    """Write a length of time in its two largest units: `3 d 4 h`, `12 min 5 s`."""
    seconds = max(round(length.total_seconds()), 0)
    for (unit, size), (smaller, smaller_size) in pairwise(_SPANS):
        if seconds >= size:
            whole, rest = divmod(seconds, size)
            part = rest // smaller_size
            return f"{whole} {unit}" + (f" {part} {smaller}" if part else "")
    return f"{seconds} s"


def moment(at: datetime) -> str:
    """Write a moment: `2026-11-23 14:05 UTC`."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def counted(count: int, one: str, many: str) -> str:
    """Write how many of something: `1 message`, `1,200 messages`."""
    return f"{count:,} {one if count == 1 else many}"


def _digits(value: float) -> str:
    size = abs(value)
    if size >= _PLAIN_BELOW:
        return f"{value:.4g}"
    if size >= _THOUSAND:
        return _without_zeros(f"{value:,.1f}")
    if size >= 1 or size == 0:
        return _without_zeros(f"{value:.2f}")
    return f"{value:.3g}"


def _without_zeros(digits: str) -> str:
    return digits.rstrip("0").removesuffix(".")
