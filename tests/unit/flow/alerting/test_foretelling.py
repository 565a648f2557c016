"""What vintages say of breaches to come, as readings and in words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from anfl_assets.catalog import load_catalog
from anfl_assets.flow.alerting.foretelling import foretold_readings
from anfl_assets.report.forecast_rows import VintageRow
from anfl_assets.store.alerts.records import Reading
from tests.forecast_rows import MADE_AT, calm, distrusted, refused, vintage

CATALOG = load_catalog()
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def read(*rows: VintageRow, now: datetime = NOW) -> Reading:
    """The one reading that rows of one subject come to."""
    [found] = foretold_readings(rows, CATALOG, now=now)
    return found


def test_a_crossing_that_is_foretold_says_when_what_now_and_why_to_believe_it() -> None:
    found = read(vintage(recent=[81.2, 81.4, None], train_days=571, skill=0.34))
    assert found.status == "forecast"
    assert found.detail == (
        "will cross 90 % around 2027-01-12 (even odds), 90 % sure by 2027-01-30; "
        "daily peak now 81.4 %; forecast made 2026-11-23 from 571 days; "
        "backtest skill +34 % over drift"
    )
    assert (found.metric_id, found.subject, found.grain) == (
        "resource_utilization",
        "db-2/disk",
        "capacity_planning",
    )
    assert found.due_at == datetime(2027, 1, 12, tzinfo=UTC)
    assert (found.value, found.threshold, found.judged_at) == (81.4, 90.0, MADE_AT)
    assert found.window_end_at == datetime(2026, 11, 23, tzinfo=UTC)


def test_where_the_horizon_ends_before_it_is_sure_it_says_how_likely() -> None:
    found = read(vintage(threshold_day_90=None, threshold_probability=0.72))
    assert found.detail.startswith(
        "will cross 90 % around 2027-01-12 (even odds), 72 % likely by 2027-02-20; "
    )


@pytest.mark.parametrize(
    ("row", "status", "detail"),
    [
        (calm(), "unlikely", "is not expected to cross 90 % by 2027-02-20 (3 % likely); "),
        (vintage(is_across_now=True), "unlikely", "has crossed 90 % by now; "),
        (
            vintage(threshold_probability=0.4),
            "insufficient",
            "no clear forecast (40 % likely to cross 90 % by 2027-02-20); ",
        ),
        (
            vintage(threshold_probability=0.62, threshold_day_expected=None),
            "insufficient",
            "no clear forecast (62 % likely to cross 90 % by 2027-02-20, though what is expected*",
        ),
        (vintage(threshold_probability=0.34), "unlikely", "is not expected to cross 90 % by *"),
        (distrusted(), "insufficient", "no forecast to trust: no better than naive"),
        (refused(), "insufficient", "no forecast: 10 days with a value; it takes 28"),
    ],
)
def test_what_does_not_foretell_says_why(row: VintageRow, status: str, detail: str) -> None:
    found = read(row)
    assert (found.status, found.detail[: len(detail.rstrip("*"))]) == (status, detail.rstrip("*"))


@pytest.mark.parametrize(
    ("model", "fresh", "stale"),
    [("capacity_planning", 14, 15), ("performance_forecasting", 2, 3)],
)
def test_a_forecast_older_than_two_updates_tells_nothing(
    model: str, fresh: int, stale: int
) -> None:
    row = vintage(model=model, metric_id="inference_latency", form="daily p95")
    midnight = datetime(2026, 11, 23, tzinfo=UTC)
    assert read(row, now=midnight + timedelta(days=fresh)).status == "forecast"
    found = read(row, now=midnight + timedelta(days=stale))
    assert found.status == "insufficient"
    assert found.detail == "no fresh forecast: the newest is of the days up to 2026-11-22"


def test_a_forecast_whose_last_day_is_over_is_not_spoken_of() -> None:
    after = datetime(2027, 2, 21, tzinfo=UTC)
    assert foretold_readings([vintage()], CATALOG, now=after) == []
    assert len(foretold_readings([vintage()], CATALOG, now=after - timedelta(days=1))) == 1


def test_peak_and_mean_of_a_subject_are_one_and_the_sooner_is_told() -> None:
    late = {"threshold_day_50": date(2027, 2, 1), "form": "daily mean"}
    found = read(vintage(**late), vintage(), now=NOW)
    assert found.detail.startswith("will cross 90 % around 2027-01-12")
    assert read(calm(form="daily mean"), vintage()).status == "forecast"


def test_a_form_that_cannot_be_trusted_is_silent_beside_one_that_can() -> None:
    assert read(distrusted(form="daily mean"), calm()).status == "unlikely"
    assert read(refused(form="daily mean"), distrusted()).status == "insufficient"


def test_one_form_across_already_leaves_nothing_to_foretell() -> None:
    assert read(vintage(is_across_now=True), vintage(form="daily mean")).status == "unlikely"


def test_a_whole_is_shown_only_where_it_has_parts() -> None:
    whole = vintage(subject="all", is_whole=True)
    assert read(whole).is_alertable
    found = foretold_readings([whole, vintage()], CATALOG, now=NOW)
    assert {each.subject: each.is_alertable for each in found} == {"all": False, "db-2/disk": True}


def test_models_and_metrics_that_the_catalog_lost_are_left_out() -> None:
    rows = [vintage(model="gone"), vintage(metric_id="gone")]
    assert foretold_readings(rows, CATALOG, now=NOW) == []
