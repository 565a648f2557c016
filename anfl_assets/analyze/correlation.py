"""Which series of one group go with which of another, how long after, and how sure that is.

Two series with a common daily course, or that both grow, correlate without having to do with each
other: trend and season are taken out first. The interval pays for what repeats itself, for every
lag that was tried, and a pair only counts among all that were tried with it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from anfl_assets.analyze.dependence import Floats
from anfl_assets.analyze.lagged import at_lags, effective_pairs
from anfl_assets.analyze.season import find_season, periods, without_season

Verdict = Literal["together", "opposite", "unrelated", "insufficient"]

LEAST_POINTS = 10
# What is weaker explains less than a tenth of the other, however certain it is.
LEAST_R = 0.3
LEAST_RANK_R = 0.2
FALSE_SHARE = 0.05
_LEAST_EFFECTIVE = 5.0


@dataclass(frozen=True)
class Pair:
    """How column `left` goes with column `right` at the best `lag` in steps (positive: left leads).

    `slope` is in right's unit per unit of left; the intervals are of 95 %. `effective` independent
    of `points` pairs; `p` is of the best of all lags, `q` the share of false findings if this one
    counts. Numbers are None where the verdict is insufficient.
    """

    left: int
    right: int
    verdict: Verdict
    points: int
    effective: float | None = None
    lag: int | None = None
    r: float | None = None
    r_low: float | None = None
    r_high: float | None = None
    rank_r: float | None = None
    slope: float | None = None
    p: float | None = None
    q: float | None = None
    is_constant: bool = False


def correlate(left: Floats, right: Floats, *, step_s: int, max_lag: int) -> list[Pair]:
    """Correlate each column of `left` with each of `right`.

    Args:
        left: shape (n, left), on a regular grid; NaN or infinite where nothing is known.
        right: shape (n, right), on the same grid.
        step_s: the grid's step in seconds.
        max_lag: largest lag tried, in steps.

    Source: Pyper & Peterman 1998 (repetition), Sidak 1967 (lags), Benjamini & Hochberg 1995
        (pairs).
    """
    plain_x, lost_x = _plain(left, step_s)
    plain_y, lost_y = _plain(right, step_s)
    lost = np.maximum.outer(lost_x, lost_y)
    best = _best(plain_x, plain_y, max_lag, lost=lost)
    pairs = [
        _pair(best, index, plain_x, plain_y) for index in np.ndindex(left.shape[1], right.shape[1])
    ]
    return _counted_together(pairs)


@dataclass(frozen=True)
class _Best:
    """Of each pair the lag of the largest |t|; each of shape (left, right)."""

    max_lag: int
    most: Floats
    lag: Floats
    count: Floats
    effective: Floats
    r: Floats
    slope: Floats


def _best(left: Floats, right: Floats, max_lag: int, *, lost: Floats) -> _Best:
    shape = (left.shape[1], right.shape[1])
    best = {name: np.full(shape, np.nan) for name in ("lag", "count", "effective", "r", "slope")}
    most, largest = np.zeros(shape), np.full(shape, -1.0)
    share = effective_pairs(left, right, np.ones(shape))
    for found in at_lags(left, right, max_lag):
        most = np.maximum(most, found.count)
        effective = np.maximum(found.count - lost, 0.0) * share
        size = np.abs(found.r) * np.sqrt(np.maximum(effective - 2, 0.0))
        better = np.nan_to_num(size, nan=-1.0) > largest
        largest = np.where(better, size, largest)
        news: dict[str, Floats | float] = {
            "lag": float(found.lag),
            "count": found.count,
            "effective": effective,
            "r": found.r,
            "slope": found.slope,
        }
        best = {name: np.where(better, news[name], best[name]) for name in best}
    return _Best(max_lag, most, **best)


def _pair(best: _Best, index: tuple[int, ...], left: Floats, right: Floats) -> Pair:
    i, j = index
    points, effective = best.count[index], best.effective[index]
    if best.most[index] < LEAST_POINTS:
        return Pair(i, j, "insufficient", int(best.most[index]))
    if not np.isfinite(best.r[index]):
        return Pair(i, j, "insufficient", int(best.most[index]), is_constant=True)
    if points < LEAST_POINTS or effective < _LEAST_EFFECTIVE:
        return Pair(i, j, "insufficient", int(points), float(effective))
    r, lag = float(best.r[index]), int(best.lag[index])
    tried = 1 + 2 * best.max_lag * min(effective / points, 1.0)
    low, high = _interval(r, effective, tried)
    return Pair(
        left=i,
        right=j,
        verdict="unrelated",
        points=int(points),
        effective=float(effective),
        lag=lag,
        r=r,
        r_low=low,
        r_high=high,
        rank_r=_rank_r(left[:, i], right[:, j], lag),
        slope=float(best.slope[index]),
        p=_p_value(r, effective, tried),
    )


def _p_value(r: float, effective: float, tried: float) -> float:
    from scipy.special import stdtr

    free = effective - 2
    size = abs(r) * np.sqrt(free / max(1 - r**2, 1e-12))
    return float(-np.expm1(tried * np.log1p(-min(2 * stdtr(free, -size), 1 - 1e-16))))


def _interval(r: float, effective: float, tried: float) -> tuple[float, float]:
    """Return Fisher's interval, widened for the lags that were tried."""
    from scipy.special import ndtri

    alone = 1 - (1 - FALSE_SHARE) ** (1 / tried)
    width = float(ndtri(1 - alone / 2)) / np.sqrt(effective - 3)
    middle = np.arctanh(np.clip(r, -1 + 1e-12, 1 - 1e-12))
    return float(np.tanh(middle - width)), float(np.tanh(middle + width))


def _rank_r(left: Floats, right: Floats, lag: int) -> float | None:
    size = left.size
    x = left[max(-lag, 0) : size - max(lag, 0)]
    y = right[max(lag, 0) : size - max(-lag, 0)]
    both = np.isfinite(x) & np.isfinite(y)
    ranks = [_ranks(each[both]) for each in (x, y)]
    if not all(each.any() for each in ranks):
        return None
    return float(ranks[0] @ ranks[1] / np.sqrt((ranks[0] @ ranks[0]) * (ranks[1] @ ranks[1])))


def _ranks(values: Floats) -> Floats:
    """Return each value's rank less the mean rank; equal values share theirs."""
    order = np.argsort(values)
    climbing = values[order]
    starts = np.flatnonzero(np.concatenate([[True], climbing[1:] != climbing[:-1]]))
    ends = np.append(starts[1:], values.size)
    ranks = np.empty(values.size)
    ranks[order] = np.repeat((starts + ends - values.size) / 2, ends - starts)
    return ranks


def _counted_together(pairs: list[Pair]) -> list[Pair]:
    """Give each pair its share of false findings among all, and its verdict."""
    computed = [pair for pair in pairs if pair.p is not None]
    if not computed:
        return pairs
    shares = _false_shares(np.array([pair.p for pair in computed]))
    judged = {
        (pair.left, pair.right): replace(pair, q=float(share), verdict=_verdict(pair, share))
        for pair, share in zip(computed, shares, strict=True)
    }
    return [judged.get((pair.left, pair.right), pair) for pair in pairs]


def _false_shares(p_values: Floats) -> Floats:
    """Return for each p-value the expected share of false ones among those at least as small."""
    order = np.argsort(p_values)[::-1]
    ranks = np.arange(p_values.size, 0, -1)
    shares = np.empty_like(p_values)
    shares[order] = np.minimum.accumulate(np.minimum(p_values[order] * p_values.size / ranks, 1))
    return shares


def _verdict(pair: Pair, share: float) -> Verdict:
    r, rank_r = pair.r or 0.0, pair.rank_r or 0.0
    if share > FALSE_SHARE or abs(r) < LEAST_R or rank_r * np.sign(r) < LEAST_RANK_R:
        return "unrelated"
    return "together" if r > 0 else "opposite"


def _plain(values: Floats, step_s: int) -> tuple[Floats, Floats]:
    """Return the columns without line and season, and how many values that cost each."""
    known = np.where(np.isfinite(values), values, np.nan)
    candidates = periods(step_s, values.shape[0])
    plain, lost = np.empty_like(known), np.zeros(known.shape[1])
    for column in range(known.shape[1]):
        season = find_season(known[:, column], candidates)
        lost[column] = 0 if season is None else min(season.period, _profile_cost(season.period))
        plain[:, column] = _without_line(without_season(known[:, column], season))
    return plain, lost


def _profile_cost(period: int) -> int:
    """Return how many free values a season's profile has: of many phases it is smoothed."""
    return -(-period // max(period // 24, 1))


def _without_line(values: Floats) -> Floats:
    there = np.flatnonzero(np.isfinite(values))
    if there.size < LEAST_POINTS or np.ptp(values[there]) == 0:
        return values
    slope, start = np.polyfit(there, values[there], 1)
    less: Floats = values - (start + slope * np.arange(values.size))
    return less
