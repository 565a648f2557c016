"""How much each candidate counts, by its errors at origins before."""

from __future__ import annotations

import numpy as np

from anfl_assets.forecast.origins import Days
from anfl_assets.forecast.series import Bools, Floats

# Errors of candidates on one series go together, so the better one deserves more than the inverse
# of its squared error, which is best for independent ones (Bates & Granger 1969): record 0074.
_POWER = 6.0
_ORIGINS = 8
_LEAST_ORIGINS = 2


def relative_errors(made: Floats, truth: Floats, origins: Days, now: int) -> Floats:
    """Return each candidate's mean error by the usual candidate's, shape (candidates,).

    Only days up to `now` count, of the 8 newest origins before it. NaN where a candidate has no
    forecast to be judged by.

    Args:
        made: shape (candidates, origins, horizon), NaN where a candidate failed.
        truth: shape (origins, horizon), NaN where a day has no value to judge by.
        origins: shape (origins,), the last day each knew; oldest first.
        now: the last day known.
    """
    before = np.flatnonzero(origins < now)[-_ORIGINS:]
    leads = np.arange(1, truth.shape[1] + 1)
    known = (origins[before, None] + leads <= now) & np.isfinite(truth[before])
    judged = known.any(axis=1)
    before, known = before[judged], known[judged]
    if before.size < _LEAST_ORIGINS:
        return np.full(made.shape[0], np.nan)
    away = np.where(known, np.abs(made[:, before] - truth[before]), 0.0)
    each = away.sum(axis=2) / known.sum(axis=1)
    usual = np.nanmedian(each, axis=0)
    ran = np.isfinite(each)
    total = np.where(ran, each, 0.0).sum(axis=1)
    fair = np.where(ran, usual, 0.0).sum(axis=1)
    # Where the usual candidate has no error at all: one without any is as good, others are not.
    errors = np.where(total > 0, np.inf, 0.0)
    np.divide(total, fair, out=errors, where=fair > 0)
    return np.where(ran.any(axis=1), errors, np.nan)


def weights_of(errors: Floats, can: Bools) -> Floats:
    """Return weights that add up to 1, shape (candidates,): the inverse sixth power of the error.

    Equal among those that can forecast where nothing was judged; of several without any error, all
    the weight goes to the first, the simplest.

    Args:
        errors: relative errors, NaN where there are none.
        can: whether a candidate has a forecast now.
    """
    judged = can & np.isfinite(errors)
    if not judged.any():
        return np.asarray(can / can.sum())
    if (errors[judged] <= 0).any():
        best = np.zeros(errors.size)
        best[np.flatnonzero(judged & (errors <= 0))[0]] = 1.0
        return best
    least = errors[judged].min()
    raw = np.where(judged, (np.where(judged, errors, 1.0) / least) ** -_POWER, 0.0)
    return np.asarray(raw / raw.sum())
