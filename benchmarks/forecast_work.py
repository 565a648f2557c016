"""One series forecast in a worker, with what it took."""

from __future__ import annotations

import resource
from dataclasses import dataclass, field

import numpy as np

from anfl_assets.errors import ForecastError
from anfl_assets.forecast.series import Floats
from benchmarks.forecast_alone import alone
from benchmarks.forecast_folder import HIDDEN_DAYS, Asked
from benchmarks.forecast_outsiders import outsiders

SEED = 0


@dataclass(frozen=True)
class Forecast:
    """Our forecast as shape (90, 5), those of single models as (90, 1), and what ours took.

    `cpu_s` is of the worker and of the processes it ran, from the start of its first series on;
    `peak_mib` is the worker's so far.
    """

    asked: Asked
    bands: Floats
    alone: dict[str, Floats]
    cpu_s: float
    peak_mib: float
    others: dict[str, Floats] = field(default_factory=dict)


def forecast(asked: Asked, *, compare: bool) -> Forecast | str:
    """Forecast one series by the engine; then by each candidate alone and the usual models.

    Return why not, where the series is refused.
    """
    before_s = _cpu_s()
    from anfl_assets.forecast.engine import outlook_of

    try:
        made = outlook_of(asked.past, HIDDEN_DAYS, seed=SEED)
    except ForecastError as refused:
        return f"{asked.series_id}: {refused}"
    cpu_s = _cpu_s() - before_s
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    low, high = made.intervals[80], made.intervals[95]
    bands = np.column_stack([made.mean, low.lower, low.upper, high.lower, high.upper])
    singles = {
        name: values.reshape(-1, 1) for name, values in alone(asked.past, HIDDEN_DAYS).items()
    }
    others = outsiders(asked.past) if compare else {}
    return Forecast(asked, bands, singles, cpu_s, peak_mib, others)


def _cpu_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)
