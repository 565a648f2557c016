"""What rolling origins told: forecasts made from the past only, beside what then came."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from anfl_assets.forecast.series import Floats


@dataclass(frozen=True)
class Backtest:
    """Forecasts of the combination at past origins; oldest origin first.

    Attributes:
        origins: shape (origins,), index into the series' values of the last day each was made from.
        truth: shape (origins, horizon), NaN where a day has no value, is marked or lies after the
            series' end.
        combined, floor: shape (origins, horizon), forecasts; weights and the choice of the floor
            at an origin come from what was known by then.
        scale: the in-sample mean |y[t] - y[t - 7]| by which errors are divided; above 0.
    """

    origins: npt.NDArray[np.int64]
    truth: Floats
    combined: Floats
    floor: Floats
    scale: float
