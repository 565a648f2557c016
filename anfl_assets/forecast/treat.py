"""A series made fit to learn from: gaps and marked days filled, lone spikes set aside."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anfl_assets.forecast.series import WEEK, Bools, DailySeries, Floats

_SPIKE_MADS = 10.0
_LEAST_NEIGHBOURS = 3


@dataclass(frozen=True)
class Treated:
    """Shape (days,) each: values without gaps, and the days whose value was learned from."""

    values: Floats
    observed: Bools
    notes: tuple[str, ...]


def treated(series: DailySeries, days: int) -> Treated:
    """Treat the first `days` days of the series, as if the others were not known yet."""
    raw = series.bounds.clip(series.values[:days])
    seen = np.isfinite(raw)
    marked = seen & series.marked[:days]
    spikes = _spikes(np.where(marked, np.nan, raw))
    observed = seen & ~marked & ~spikes
    notes = tuple(
        f"{count} {what}"
        for count, what in (
            (int((~seen).sum()), "days without a value filled"),
            (int(marked.sum()), "marked days set aside"),
            (int(spikes.sum()), "spikes set aside"),
        )
        if count
    )
    return Treated(_filled(raw, observed), observed, notes)


def _spikes(values: Floats) -> Bools:
    """Return the days far from the median of the weekdays around them (Hampel's rule)."""
    padded = np.pad(values, 4 * WEEK, constant_values=np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 8 * WEEK + 1)
    around = windows[:, ::WEEK]
    spikes = np.zeros(values.size, bool)
    enough = np.isfinite(values) & (np.isfinite(around).sum(axis=1) >= _LEAST_NEIGHBOURS)
    if not enough.any():
        return spikes
    rest = np.abs(values[enough] - np.nanmedian(around[enough], axis=1))
    spread = 1.4826 * np.median(rest)
    spikes[enough] = rest > _SPIKE_MADS * spread if spread > 0 else False
    return spikes


def _filled(values: Floats, observed: Bools) -> Floats:
    days = np.arange(values.size)
    if not observed.any():
        return np.nan_to_num(values, nan=0.0)
    line = np.interp(days, days[observed], values[observed])
    return np.where(observed, values, line)
