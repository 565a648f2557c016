"""Origins of the backtest, oldest first."""

from __future__ import annotations

import pytest

from anfl_assets.errors import TooFewPoints
from anfl_assets.forecast.origins import origins_of, warm_up


def test_a_long_history_has_sixteen_origins_a_third_of_the_horizon_apart() -> None:
    origins = origins_of(1000, 90)

    assert origins.tolist() == list(range(999 - 480, 999, 30))


def test_of_a_long_history_the_four_oldest_are_not_shown() -> None:
    assert warm_up(origins_of(1000, 90), 1000, 90) == 4


def test_a_short_history_has_four_origins_with_a_full_horizon_and_shows_them() -> None:
    origins = origins_of(130, 90)

    assert origins[0] == 27
    assert (origins + 90 <= 129).sum() >= 4
    assert origins[-1] < 129
    assert warm_up(origins, 130, 90) == 0


def test_the_shortest_history_has_four_weeks_before_its_oldest_origin() -> None:
    origins = origins_of(61, 30)

    assert origins[:4].tolist() == [27, 28, 29, 30]


def test_a_day_less_is_refused_with_what_there_is_and_what_it_takes() -> None:
    with pytest.raises(TooFewPoints, match=r"60 days are known.*30 days.*takes 61"):
        origins_of(60, 30)
