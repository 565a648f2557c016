"""All that may be known at an origin, made ready to learn from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from anfl_assets.forecast.holidays import days_off
from anfl_assets.forecast.scale import Scale, scale_of
from anfl_assets.forecast.series import Floats
from anfl_assets.forecast.weekdays import lone_days, usual
from anfl_assets.forecast.year import year_of

_FAR = 4.0


@dataclass(frozen=True)
class Past:
    """The days up to an origin; shape (days,) each, without gaps.

    Attributes:
        observed: treated values in the unit.
        scale: what the others are on.
        values: lone days far off moved to their weekday's usual value.
        rest: `values` less what repeats every year; the same where nothing does.
        ahead: shape (horizon,), what repeats every year on the days to come.
        year_share: how much of a yearly profile is believed, 0 to 1.
    """

    first_day: date
    observed: Floats
    scale: Scale
    values: Floats
    rest: Floats
    ahead: Floats
    year_share: float


def past_of(first_day: date, observed: Floats, horizon_days: int) -> Past:
    """Prepare treated values, the last of which is the newest day known."""
    scale = scale_of(observed)
    learned = scale.there(observed)
    values = np.where(lone_days(learned, _FAR), usual(learned), learned)
    year = year_of(values, horizon_days)
    off = days_off(first_day, learned - year.past, horizon_days)
    return Past(
        first_day=first_day,
        observed=observed,
        scale=scale,
        values=values,
        rest=values - year.past,
        ahead=year.ahead + off,
        year_share=year.share,
    )
