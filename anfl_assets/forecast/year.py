"""What repeats every year: a smooth profile, used as far as the years agree with one another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anfl_assets.forecast.series import WEEK, Floats

YEAR = 365
_LEAST_DAYS = 2 * YEAR - 30
_MOST_YEARS = 6
_WAVES = 6
_BEND_DAYS = 91
_ROUNDS = 3
_SMOOTH_DAYS = 29
# The standard error of a correlation of two smooth years without a common season.
_DOUBT = 0.5


@dataclass(frozen=True)
class YearProfile:
    """The profile on the days of the past and on those to come; zeros where no year repeats.

    `share` is the part of the profile that is believed, 0 to 1: `past` and `ahead` hold that part.
    """

    past: Floats
    ahead: Floats
    share: float


def year_of(values: Floats, horizon_days: int) -> YearProfile:
    """Fit trend, week and year together, robustly, and shrink the year to what repeats.

    Fourier terms as in harmonic regression (Hyndman & Athanasopoulos 2021, 7.4), a bending trend
    beside them so that growth is not taken for a season. Shrunk by the reliability of the mean of
    n years (Spearman 1910, Brown 1910) after one standard error was taken off the agreement.
    """
    recent = values[-_MOST_YEARS * YEAR :]
    if recent.size < _LEAST_DAYS:
        return YearProfile(np.zeros(values.size), np.zeros(horizon_days), 0.0)
    terms, cost = _terms(recent.size, horizon_days)
    found = _robust_fit(terms[: recent.size], recent, cost)
    waves = slice(terms.shape[1] - 2 * _WAVES, None)
    profile = terms[:, waves] @ found[waves]
    rest = recent - terms[: recent.size] @ found + profile[: recent.size]
    share = _agreement(rest)
    past = np.zeros(values.size)
    past[-recent.size :] = share * profile[: recent.size]
    return YearProfile(past, share * profile[recent.size :], share)


def _terms(days: int, horizon_days: int) -> tuple[Floats, Floats]:
    """Return the regressors, shape (days + horizon, terms), and the ridge cost of each."""
    day = np.arange(days + horizon_days)
    bends = np.maximum(0, day[:, None] - np.arange(_BEND_DAYS, days - 1, _BEND_DAYS)) / YEAR
    week = np.eye(WEEK)[day % WEEK][:, 1:]
    turns = 2 * np.pi * np.outer(day, np.arange(1, _WAVES + 1)) / 365.25
    line = np.column_stack([np.ones(day.size), day / YEAR])
    terms = np.hstack([line, bends, week, np.sin(turns), np.cos(turns)])
    cost = np.full(terms.shape[1], 1e-6)
    cost[2 : 2 + bends.shape[1]] = 1.0
    cost[-2 * _WAVES :] = 1.0
    return terms, cost


def _robust_fit(terms: Floats, values: Floats, cost: Floats) -> Floats:
    """Ridge regression, reweighted so that days far off count less (Huber 1964)."""
    weight: Floats = np.ones(values.size)
    found: Floats = np.zeros(terms.shape[1])
    for _ in range(_ROUNDS):
        weighted = terms * weight[:, None]
        found = np.asarray(
            np.linalg.solve(terms.T @ weighted + np.diag(cost), weighted.T @ values), float
        )
        away = np.abs(values - terms @ found)
        limit = 2 * 1.4826 * float(np.median(away))
        weight = np.where(away > limit, limit / np.maximum(away, 1e-300), 1.0)
        if limit == 0:
            break
    return found


def _agreement(rest: Floats) -> float:
    """Return the believed share: how far each year, less its own line, is like the others."""
    years = max(rest.size // YEAR, 1)
    if years == 1:
        return 0.0
    smooth = _smoothed(rest)
    each = smooth[-years * YEAR :].reshape(years, YEAR)
    line = np.column_stack([np.ones(YEAR), np.linspace(-1, 1, YEAR)])
    each = each - each @ np.linalg.pinv(line).T @ line.T
    alike = each @ each.T / YEAR
    own = np.trace(alike) / years
    if not own > 0:
        return 0.0
    other = (alike.sum() - np.trace(alike)) / (years * (years - 1))
    doubt = _DOUBT / np.sqrt(years - 1)
    agreed = max(0.0, (other / own - doubt) / (1 - doubt))
    return float(years * agreed / (1 + (years - 1) * agreed))


def _smoothed(values: Floats) -> Floats:
    half = _SMOOTH_DAYS // 2
    total = np.cumsum(np.concatenate([[0.0], values]))
    day = np.arange(values.size)
    low, high = np.maximum(day - half, 0), np.minimum(day + half + 1, values.size)
    return np.asarray((total[high] - total[low]) / (high - low))
