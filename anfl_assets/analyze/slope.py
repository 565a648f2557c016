"""The slope of a series: the median of all pairwise slopes, with an interval from their ranks.

A tenth of the values may be nonsense and the slope hardly moves. The interval is that of the
Mann-Kendall test: it holds 0 exactly where the test finds no trend.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anfl_assets.analyze.dependence import Floats, trend_inflation

CONFIDENCE = 0.95
_LEAST_FREEDOM = 1.0


@dataclass(frozen=True)
class Slope:
    """A slope per unit of time with its interval; `effective` is how many values it rests on."""

    slope: float
    low: float
    high: float
    effective: float

    @property
    def is_significant(self) -> bool:
        """Whether the interval leaves 0 out."""
        return self.low > 0 or self.high < 0


def robust_slope(times: Floats, values: Floats, *, overlap: int = 1) -> Slope:
    """Return the median of all pairwise slopes and its 95 % interval.

    Args:
        times: shape (n,), increasing.
        values: shape (n,), NaN where nothing is known; at least five are there.
        overlap: steps over which neighbours share data (see `trend_inflation`).

    Source: Sen 1968, doi:10.1080/01621459.1968.10480934.
    """
    from scipy.special import stdtrit

    slopes = np.sort(_pairwise(times, values))
    middle = float(np.median(slopes))
    inflation = trend_inflation(values - middle * times, overlap)
    count = int(np.isfinite(values).sum())
    effective = count / inflation
    width = stdtrit(max(effective - 2, _LEAST_FREEDOM), 0.5 + CONFIDENCE / 2) * np.sqrt(
        kendall_variance(values[np.isfinite(values)]) * inflation
    )
    first = int(np.floor((slopes.size - width) / 2))
    last = int(np.ceil((slopes.size + width) / 2))
    if first < 1:
        # The values say too little for any bound: what they could not rule out is everything.
        return Slope(middle, -float("inf"), float("inf"), effective)
    return Slope(middle, float(slopes[first - 1]), float(slopes[min(last, slopes.size - 1)]),
                 effective)  # fmt: skip


def kendall_variance(values: Floats) -> float:
    """Return the variance of Mann-Kendall's S for independent values, ties taken into account.

    Source: Kendall 1975, Rank Correlation Methods, 4th edition.
    """
    count = values.size
    ties = np.unique(values, return_counts=True)[1].astype(np.float64)
    tied = (ties * (ties - 1) * (2 * ties + 5)).sum()
    return float((count * (count - 1.0) * (2 * count + 5) - tied) / 18)


def _pairwise(times: Floats, values: Floats) -> Floats:
    there = np.isfinite(values)
    at, value = times[there], values[there]
    first, second = np.triu_indices(at.size, 1)
    found: Floats = (value[second] - value[first]) / (at[second] - at[first])
    return found
