"""Which values a metric can take at all, told by its target: no forecast goes beyond them."""

from __future__ import annotations

from anfl_assets.catalog.quantity import Quantity, Unit

_WHOLE_PCT = 100.0


def possible_values(target: Quantity) -> tuple[float | None, float | None]:
    """Return the least and greatest value in the target's unit; None where there is no end.

    A growth loses at most all there was, however much it gains. A share lies between nothing and
    the whole, a score within its scale; times, rates, counts and sizes are never negative.
    """
    whole = _WHOLE_PCT if target.unit is Unit.PERCENT else 1.0
    if target.growth is not None:
        return -whole, None
    if target.unit.dimension == "share":
        return 0.0, whole
    return 0.0, target.scale_max
