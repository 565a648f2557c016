"""How much values that follow each other repeat each other, and what that leaves of them.

A hundred windows of a slow series say as much as ten of a fast one; every interval of this package
is as wide as the independent ones allow.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

# A series so slow that it never returns: one more digit would only pretend to know how slow.
_SLOWEST = 0.995
_LAGS_SHARE = 5


def autocorrelation(values: Floats, max_lag: int) -> Floats:
    """Return the autocorrelation at lags 1 to `max_lag`, of the values that are there.

    Args:
        values: shape (n,) or (n, series), on a regular grid; NaN where nothing is known.
        max_lag: in steps, less than n.

    Returns:
        Shape (max_lag,) or (max_lag, series); 0 where no pair of values is that far apart, and for
        a series that does not vary.
    """
    there = np.isfinite(values)
    count = np.maximum(there.sum(axis=0), 1)
    centred = np.where(there, values, 0.0)
    centred = np.where(there, centred - centred.sum(axis=0) / count, 0.0)
    variance = (centred**2).sum(axis=0) / count
    found = []
    is_whole = bool(there.all())
    for lag in range(1, max_lag + 1):
        # Without gaps, which is usual, pairs need no counting: half of the time this takes.
        pairs = len(there) - lag if is_whole else (there[:-lag] & there[lag:]).sum(axis=0)
        together = np.einsum("i...,i...->...", centred[:-lag], centred[lag:])
        covariance = together / np.maximum(pairs, 1)
        found.append(np.divide(covariance, variance, out=np.zeros_like(covariance * 1.0),
                               where=variance > 0))  # fmt: skip
    return np.asarray(np.clip(np.array(found), -1.0, 1.0), dtype=np.float64)


def persistence(values: Floats) -> Floats:
    """Return the first autocorrelation of what a line left over, corrected for its known bias.

    The estimate from n residuals is too low by about (2 + 4 phi) / n; a negative one counts as 0,
    which only widens intervals. Shape () or (series,).

    Source: Marriott & Pope 1954, doi:10.1093/biomet/41.3-4.390; Kendall 1954.
    """
    count = np.isfinite(values).sum(axis=0)
    estimate = autocorrelation(values, 1)[0]
    corrected = (count * estimate + 2) / np.maximum(count - 4, 1)
    return np.asarray(np.clip(corrected, 0.0, _SLOWEST), dtype=np.float64)


def trend_inflation(residual: Floats, overlap: int = 1) -> float:
    """Return how many times larger Mann-Kendall's variance is than that of independent values.

    Args:
        residual: shape (n,), what is left of the values without their line and season.
        overlap: how many steps a value shares its data with: 28 for a trailing sum of 28 days.

    Source: Hamed & Rao 1998, doi:10.1016/S0022-1694(97)00125-X, with the autocorrelation of a
        first-order process (bias-corrected) or the values' own, whichever is larger.
    """
    count = int(np.isfinite(residual).sum())
    lags = np.arange(1, count - 2)
    weight = (count - lags) * (count - lags - 1.0) * (count - lags - 2.0)
    shared = np.maximum(1 - lags / overlap, 0.0)
    modelled = np.maximum(float(persistence(residual)) ** lags, shared)
    scale = 2 / (count * (count - 1.0) * (count - 2.0))
    found = autocorrelation(residual, max(count // _LAGS_SHARE, 1))
    positive = np.maximum(_until_negative(found), 0.0)
    own = (weight[: positive.size] * positive[: weight.size]).sum()
    return float(1 + scale * max((weight * modelled).sum(), own))


def _until_negative(found: Floats) -> Floats:
    """Keep the lags before the first that is no longer positive: the rest is noise."""
    ends = np.flatnonzero(found <= 0)
    return found[: ends[0]] if ends.size else found
