"""What each candidate says without the others: whom the combination is held against."""

from __future__ import annotations

from anfl_assets.forecast.candidates.yearly import WithYear
from anfl_assets.forecast.past import past_of
from anfl_assets.forecast.pool import MODELS, forecasts_at
from anfl_assets.forecast.series import DailySeries, Floats
from anfl_assets.forecast.treat import treated


def alone(series: DailySeries, horizon_days: int) -> dict[str, Floats]:
    """Return what each candidate says without the others, shape (horizon,) each, by name.

    Those that cannot forecast the series are left out; one beside the year says the same as
    without, where no year repeats, so that each is compared on all series.
    """
    observed = treated(series, series.values.size).values
    past = past_of(series.first_day, observed, horizon_days)
    made = forecasts_at([past], horizon_days, series.bounds)
    found = {
        name: made.models[place, 0] for place, name in enumerate(made.names) if made.ran[place, 0]
    }
    beside = {one.name: one.inner.name for one in MODELS if isinstance(one, WithYear)}
    for name, plain in beside.items():
        if plain in found:
            found.setdefault(name, found[plain])
    return found
