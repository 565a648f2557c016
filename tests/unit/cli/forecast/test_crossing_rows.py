"""When each series crosses, within a horizon of a person's choice."""

from datetime import date

from anfl_assets.cli.forecast.crossing_rows import soonest_first, threshold_row
from tests.forecast_rows import calm, distrusted, fan, refused, vintage

ROW = vintage(recent=[81.0, 82.0, None])


def test_within_the_horizon_it_says_what_the_vintage_keeps() -> None:
    found = threshold_row(ROW, (), within_days=None)
    assert (found.probability, found.day_50, found.day_90, found.day_expected) == (
        0.97, date(2027, 1, 12), date(2027, 1, 30), date(2027, 1, 13),
    )  # fmt: skip
    assert (found.now, found.level, found.within_days) == (82.0, 90.0, 90)
    assert found.is_foretold


def test_within_fewer_days_the_days_beyond_are_not_told() -> None:
    found = threshold_row(ROW, fan(ROW), within_days=60)
    assert (found.probability, found.day_50, found.day_90) == (60 / 90, date(2027, 1, 12), None)
    assert found.last_day == date(2027, 1, 21)
    soon = threshold_row(ROW, fan(ROW), within_days=30)
    assert (soon.day_50, soon.is_foretold) == (None, False)


def test_no_forecast_looks_further_than_its_horizon() -> None:
    assert threshold_row(ROW, fan(ROW), within_days=365).within_days == 90


def test_what_is_across_already_has_no_chance_and_no_day() -> None:
    found = threshold_row(vintage(is_across_now=True, recent=[95.0]), (), within_days=None)
    assert (found.probability, found.day_50, found.is_across_now) == (None, None, True)
    assert found.is_likely
    assert not found.is_foretold


def test_a_refused_series_says_only_why() -> None:
    found = threshold_row(refused(), (), within_days=7)
    assert (found.probability, found.day_50, found.verdict) == (None, None, "refused")
    assert not found.is_likely


def test_the_soonest_comes_first_and_the_likelier_of_two_that_may_never() -> None:
    rows = [
        threshold_row(row, (), within_days=None)
        for row in (
            calm(vintage_id="never", threshold_probability=0.01),
            calm(vintage_id="perhaps", threshold_probability=0.3),
            distrusted(vintage_id="later", threshold_day_50=date(2027, 2, 1)),
            vintage(vintage_id="soon"),
            vintage(vintage_id="now", is_across_now=True),
        )
    ]
    assert [row.vintage_id for row in soonest_first(rows)] == [
        "now", "soon", "later", "perhaps", "never",
    ]  # fmt: skip
