"""How the errors of a forecast go together over its days: the course of a miss, not its size.

A course is a sum of parts: single days, a wrong level, a wrong weekly course, a walk, and misses
that fade in days or weeks. Each part is as large on every day; what differs is what it has to do
with the other days.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from anfl_assets.forecast.series import WEEK, Floats

_FADING = (0.5, 0.8, 0.95)
_LEAST_SCORES = 30
# No single day speaks louder than three usual ones.
_LOUDEST = 3.0


def texture_of(errors: Floats) -> Floats:
    """Return the share of each part in the variance; they sum to 1.

    Fitted to the mean products of errors by pairs of days, by least squares, none below 0. Half
    single days, half a wrong level where there are too few errors to tell, or all are 0.

    Args:
        errors: shape (origins, horizon), each divided by what is usual at its lead; NaN where
            there is none.
    """
    from scipy.optimize import nnls

    seen = np.isfinite(errors)
    known = np.where(seen, errors, 0.0)
    largest = float(np.abs(known).max(initial=0.0))
    if seen.sum() < _LEAST_SCORES or largest <= 0:
        return _unknown()
    known = known / largest
    loudest = _LOUDEST * float(np.sqrt(np.mean(known[seen] ** 2)))
    known = np.clip(known, -loudest, loudest)
    pairs = seen.T.astype(np.float64) @ seen.astype(np.float64)
    products = known.T @ known / np.maximum(pairs, 1.0)
    above = np.triu_indices(errors.shape[1])
    weights = np.sqrt(pairs[above])
    parts = np.stack([goes(errors.shape[1])[above] for goes, _ in _PARTS], axis=1)
    shares, _ = nnls(parts * weights[:, None], products[above] * weights)
    total = float(shares.sum())
    return np.asarray(shares / total, np.float64) if total > 0 else _unknown()


def courses(shares: Floats, horizon: int, count: int, random: np.random.Generator) -> Floats:
    """Return `count` courses, shape (count, horizon); each day is standard normal by itself."""
    made = np.zeros((count, horizon))
    for share, (_, drawn) in zip(shares, _PARTS, strict=True):
        if share > 0:
            made += np.sqrt(share) * drawn(random.normal(size=(count, horizon)))
    return made


def _unknown() -> Floats:
    shares = np.zeros(len(_PARTS))
    shares[:2] = 0.5
    return shares


def _apart(horizon: int) -> Floats:
    days = np.arange(float(horizon))
    return np.abs(days[:, None] - days)


def _walk(horizon: int) -> Floats:
    days = np.arange(1.0, horizon + 1)
    return np.asarray(np.sqrt(np.minimum.outer(days, days) / np.maximum.outer(days, days)))


def _walked(fresh: Floats) -> Floats:
    return np.asarray(np.cumsum(fresh, axis=1) / np.sqrt(np.arange(1.0, fresh.shape[1] + 1)))


def _fading(kept: float) -> Callable[[Floats], Floats]:
    def faded(fresh: Floats) -> Floats:
        from scipy.signal import lfilter

        fresh[:, 1:] *= np.sqrt(1 - kept**2)
        return np.asarray(lfilter([1.0], [1.0, -kept], fresh, axis=1), np.float64)

    return faded


# How a part's days go together (correlations by horizon), and how it is drawn from fresh noise.
_PARTS: tuple[tuple[Callable[[int], Floats], Callable[[Floats], Floats]], ...] = (
    (np.eye, lambda fresh: fresh),
    (
        lambda horizon: np.ones((horizon, horizon)),
        lambda fresh: np.tile(fresh[:, :1], fresh.shape[1]),
    ),
    (
        lambda horizon: (_apart(horizon) % WEEK == 0).astype(np.float64),
        lambda fresh: fresh[:, np.arange(fresh.shape[1]) % WEEK],
    ),
    (_walk, _walked),
    *((lambda horizon, kept=kept: kept ** _apart(horizon), _fading(kept)) for kept in _FADING),
)
