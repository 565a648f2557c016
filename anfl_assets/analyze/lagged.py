"""Correlations of every pair of two groups of series, at every lag, as matrix products.

Gaps are deleted by pair: a pair is correlated over the steps at which both are known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from anfl_assets.analyze.dependence import Floats, autocorrelation, persistence

_LAGS_SHARE = 5


@dataclass(frozen=True)
class AtLag:
    """Pearson's r and least-squares slope of each pair at a lag, over `count` steps.

    Each of shape (left, right); r and slope are NaN where either side does not vary.
    """

    lag: int
    count: Floats
    r: Floats
    slope: Floats


def at_lags(left: Floats, right: Floats, max_lag: int) -> Iterator[AtLag]:
    """Correlate each column of `left` with each of `right`, at lags of -max_lag to max_lag steps.

    At a positive lag left leads: its value is set beside the value of right that many steps later.

    Args:
        left: shape (n, left), NaN where nothing is known.
        right: shape (n, right), on the same grid.
        max_lag: in steps, less than n.
    """
    size = left.shape[0]
    for lag in range(-max_lag, max_lag + 1):
        first = slice(max(-lag, 0), size - max(lag, 0))
        second = slice(max(lag, 0), size - max(-lag, 0))
        yield _at_lag(lag, left[first], right[second])


def effective_pairs(left: Floats, right: Floats, count: Floats) -> Floats:
    """Return how many independent pairs `count` pairs of two repeating series are worth.

    Never more than `count`; of the series' own autocorrelations and those of first-order processes
    (bias-corrected), whichever leaves fewer. Shape (left, right).

    Source: Pyper & Peterman 1998, doi:10.1139/f98-104; Bartlett 1946.
    """
    size = left.shape[0]
    reach = max(size // _LAGS_SHARE, 1)
    weight = (1 - np.arange(1, reach + 1) / size)[:, None]
    own = (weight * autocorrelation(left, reach)).T @ autocorrelation(right, reach)
    repeated = np.outer(persistence(left), persistence(right))
    inflation = np.maximum(1 + 2 * np.maximum(own, 0.0), (1 + repeated) / (1 - repeated))
    return np.asarray(count / inflation, dtype=np.float64)


def _at_lag(lag: int, left: Floats, right: Floats) -> AtLag:
    x, in_x = _known(left)
    y, in_y = _known(right)
    together = x.T @ y
    count = np.broadcast_to(_sums(in_x, in_y), together.shape)
    least = np.maximum(count, 1.0)
    sum_x, sum_y = _sums(x, in_y), _sums(y, in_x).T
    spread_x = _sums(x**2, in_y) - sum_x**2 / least
    spread_y = _sums(y**2, in_x).T - sum_y**2 / least
    together = together - sum_x * sum_y / least
    # Sums of squares of a constant differ from 0 by rounding only.
    varies = (spread_x > 1e-9 * (1 + sum_x**2)) & (spread_y > 1e-9 * (1 + sum_y**2))  # fmt: skip
    with np.errstate(divide="ignore", invalid="ignore"):
        r = np.where(varies, together / np.sqrt(spread_x * spread_y), np.nan)
        slope = np.where(varies, together / spread_x, np.nan)
    return AtLag(lag, count, np.clip(r, -1.0, 1.0), slope)


def _sums(values: Floats, known: Floats) -> Floats:
    """Return each column's sum over the steps at which each column of `known` is there.

    Shape (columns, known), or (columns, 1) where nothing is missing and all of them are the same:
    then a product of matrices is saved, at every lag.
    """
    return values.sum(axis=0)[:, None] if known.all() else values.T @ known


def _known(values: Floats) -> tuple[Floats, Floats]:
    there = np.isfinite(values)
    return np.where(there, values, 0.0), there.astype(np.float64)
