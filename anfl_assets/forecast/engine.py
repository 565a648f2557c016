"""The one way in: a daily series becomes an outlook, or is refused with a reason."""

from __future__ import annotations

from anfl_assets.forecast.outlook import Outlook
from anfl_assets.forecast.series import DailySeries


def outlook_of(series: DailySeries, horizon_days: int, *, seed: int) -> Outlook:
    """Forecast a series `horizon_days` ahead and judge the forecast by rolling origins.

    Raises:
        TooFewPoints: the series is too short to be forecast and judged; the message says what
            there is and what it takes.
    """
    raise NotImplementedError
