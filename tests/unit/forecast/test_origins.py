"""Origins of the backtest, oldest first."""

from __future__ import annotations

import pytest

from anfl_assets.errors import TooFewPoints
from anfl_assets.forecast.origins import origins_of


def test_a_long_history_has_sixteen_origins_a_third_of_the_horizon_apart() -> None:
    origins = origins_of(1000, 90)

    assert origins.tolist() == list(range(999 - 480, 999, 30))


def test_a_short_history_has_origins_closer_together_after_four_weeks_at_least() -> None:
    origins = origins_of(122, 90)

    assert origins[0] == 27
    assert origins[-1] < 121
    assert origins.size == 16


def test_the_shortest_history_has_a_full_horizon_after_its_oldest_origin() -> None:
    assert origins_of(62, 30)[0] + 30 <= 61


def test_a_day_less_is_refused_with_what_there_is_and_what_it_takes() -> None:
    with pytest.raises(TooFewPoints, match=r"61 days are known.*30 days.*takes 62"):
        origins_of(61, 30)
