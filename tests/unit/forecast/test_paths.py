"""Joint paths: day by day they are the intervals, over the days they go as past errors went."""

from __future__ import annotations

import numpy as np
import pytest

from anfl_assets.forecast.backtest import Backtest
from anfl_assets.forecast.crossing import crossing_of
from anfl_assets.forecast.intervals import Margins, intervals_of, margins_of
from anfl_assets.forecast.paths import paths_of
from anfl_assets.forecast.series import Bounds, Floats
from anfl_assets.forecast.texture import courses, texture_of

DAYS = np.arange(1.0, 61.0)
MARGINS = Margins(
    {80: np.sqrt(DAYS), 95: 1.6 * np.sqrt(DAYS)}, {80: 2 * np.sqrt(DAYS), 95: 4 * np.sqrt(DAYS)}
)


def _faded(kept: float, count: int, days: int, random: np.random.Generator) -> Floats:
    errors = random.normal(size=(count, days))
    for day in range(1, days):
        errors[:, day] = kept * errors[:, day - 1] + np.sqrt(1 - kept**2) * errors[:, day]
    return errors


def _neighbours(paths: Floats, apart: int) -> float:
    return float(
        np.mean(
            [
                np.corrcoef(paths[:, day], paths[:, day + apart])[0, 1]
                for day in range(paths.shape[1] - apart)
            ]
        )
    )


@pytest.mark.parametrize("kept", [0.0, 0.8])
def test_each_day_of_the_paths_is_spread_as_the_intervals_are(kept: float) -> None:
    mean = np.linspace(10, 20, DAYS.size)
    texture = texture_of(_faded(kept, 40, DAYS.size, np.random.default_rng(1)))
    paths = paths_of(mean, MARGINS, texture, Bounds(), seed=7)
    assert paths.shape == (1000, 60)
    ends = intervals_of(mean, MARGINS, Bounds())
    np.testing.assert_allclose(np.median(paths, axis=0), mean, atol=0.02)
    for level, share in ((80, 0.1), (95, 0.025)):
        np.testing.assert_allclose(
            np.quantile(paths, share, axis=0), ends[level].lower, atol=0.1, rtol=0.02
        )
        np.testing.assert_allclose(
            np.quantile(paths, 1 - share, axis=0), ends[level].upper, atol=0.1, rtol=0.02
        )


@pytest.mark.parametrize("kept", [0.0, 0.5, 0.8, 0.95])
def test_paths_go_over_the_days_as_the_errors_went(kept: float) -> None:
    random = np.random.default_rng(2)
    texture = texture_of(_faded(kept, 200, 60, random))
    paths = paths_of(np.zeros(60), MARGINS, texture, Bounds(), seed=7)
    for apart in (1, 5):
        assert _neighbours(paths, apart) == pytest.approx(kept**apart, abs=0.12)


def test_a_wrong_level_and_a_walk_are_told_from_single_days() -> None:
    random = np.random.default_rng(3)
    level = np.repeat(random.normal(size=(100, 1)), 60, axis=1)
    walk = np.cumsum(random.normal(size=(100, 60)), axis=1) / np.sqrt(DAYS)
    assert texture_of(level)[1] == pytest.approx(1.0, abs=0.05)
    assert texture_of(walk)[3] > 0.5
    assert texture_of(random.normal(size=(100, 60)))[0] == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize(
    "errors",
    [
        pytest.param(np.zeros((8, 30)), id="no error"),
        pytest.param(np.full((8, 30), np.nan), id="nothing scored"),
        pytest.param(np.full((8, 30), 1e300), id="nearly too large"),
        pytest.param(np.full((8, 30), 1e-300), id="hardly a number"),
        pytest.param(np.ones((8, 1)), id="a horizon of a day"),
    ],
)
def test_shares_sum_to_one_whatever_the_errors(errors: Floats) -> None:
    shares = texture_of(errors)
    assert shares.sum() == pytest.approx(1.0)
    assert (shares >= 0).all()


def test_every_part_is_as_large_on_every_day() -> None:
    for part in range(7):
        drawn = courses(np.eye(7)[part], 40, 4000, np.random.default_rng(4))
        np.testing.assert_allclose(drawn.std(axis=0), 1.0, atol=0.06)


def test_paths_keep_within_the_bounds_and_come_again_with_their_seed() -> None:
    texture = texture_of(np.zeros((4, 60)))
    first = paths_of(np.full(60, 97.0), MARGINS, texture, Bounds(0, 100), seed=1)
    assert first.max() == 100.0
    assert (
        first.tolist()
        == paths_of(np.full(60, 97.0), MARGINS, texture, Bounds(0, 100), seed=1).tolist()
    )
    assert (
        first.tolist()
        != paths_of(np.full(60, 97.0), MARGINS, texture, Bounds(0, 100), seed=2).tolist()
    )


def test_the_day_of_even_odds_is_passed_in_about_half_of_the_worlds() -> None:
    """A line of known slope with errors that fade, against what the world then does."""
    random = np.random.default_rng(5)
    line = 0.1 * np.arange(1.0, 91.0)
    sooner = []
    for world in range(90):
        errors = _faded(0.7, 13, 90, random)
        past, ahead = errors[:-1], line + errors[-1]
        backtest = Backtest(90 * np.arange(12), line + past, line + 0 * past, line + 0 * past, 1.0)
        margins = margins_of(backtest, line, Bounds())
        paths = paths_of(line, margins, texture_of(past), Bounds(), seed=world)
        lead = crossing_of(paths, line, 5.0, "above").lead_50
        assert lead is not None
        sooner.append(bool((ahead[:lead] > 5.0).any()))
    assert 0.4 <= np.mean(sooner) <= 0.6
