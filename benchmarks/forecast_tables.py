"""What the forecasts were worth, as tables: alone, beside single models, and what they took."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from anfl_assets.forecast.series import Floats
from benchmarks.forecast_folder import HORIZONS, score
from benchmarks.forecast_work import Forecast

_RESAMPLES = 10_000
_WIDTH = 110


def print_own(made: Sequence[Forecast]) -> None:
    """Print mean and median MASE, sMAPE and coverage at both horizons."""
    table = Table("days", "MASE", "median", "sMAPE %", "80 % covers", "95 % covers", box=SIMPLE)
    for horizon in HORIZONS:
        scores = [score(one.asked, one.bands, horizon) for one in made]
        mases = [one.mase for one in scores]
        covers = [np.nanmean([one.coverage_80 for one in scores])]
        covers.append(np.nanmean([one.coverage_95 for one in scores]))
        smape = np.nanmean([one.smape_pct for one in scores])
        table.add_row(
            str(horizon),
            f"{np.nanmean(mases):.3f}",
            f"{np.nanmedian(mases):.3f}",
            f"{smape:.1f}",
            *(f"{100 * share:.1f} %" for share in covers),
        )
    Console().print(table)


def print_pairs(made: Sequence[Forecast]) -> None:
    """Print each single model's mean MASE and how much lower ours is, paired by series."""
    heads = ("alone", "days", "series", "MASE", "ours", "median gain", "95 % of it", "won")
    table = Table(box=SIMPLE)
    for head in heads:
        table.add_column(head, no_wrap=True, justify="left" if head == "alone" else "right")
    names = dict.fromkeys(name for one in made for name in (*one.alone, *one.others))
    for name in names:
        for horizon in HORIZONS:
            table.add_row(name, str(horizon), *_pair(made, name, horizon))
    Console(width=_WIDTH).print(table)


def print_cost(made: Sequence[Forecast]) -> None:
    """Print processor seconds a series, backtests and imports included, and the peak memory."""
    seconds = [one.cpu_s for one in made]
    print(
        f"{np.mean(seconds):.2f} core-seconds a series (slowest {max(seconds):.2f}), "
        f"peak {max(one.peak_mib for one in made):,.0f} MiB"
    )


def _pair(made: Sequence[Forecast], name: str, horizon: int) -> tuple[str, ...]:
    both = [
        (score(one.asked, one.bands, horizon).mase, score(one.asked, other, horizon).mase)
        for one in made
        if (other := {**one.alone, **one.others}.get(name)) is not None
    ]
    ours, theirs = np.array([pair for pair in both if np.isfinite(pair).all()]).T
    gains = theirs - ours
    low, high = _interval_of_median(gains)
    won = 100 * (gains > 0).mean()
    return (
        str(gains.size),
        f"{theirs.mean():.3f}",
        f"{ours.mean():.3f}",
        f"{np.median(gains):+.3f}",
        f"{low:+.3f} … {high:+.3f}",
        f"{won:.0f} %",
    )


def _interval_of_median(gains: Floats) -> tuple[float, float]:
    """Return the bootstrap percentile interval, series drawn with replacement."""
    drawn = np.random.default_rng(0).integers(0, gains.size, (_RESAMPLES, gains.size))
    low, high = np.quantile(np.median(gains[drawn], axis=1), [0.025, 0.975])
    return float(low), float(high)
