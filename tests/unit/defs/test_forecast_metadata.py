"""What a forecast says of itself: counts, crossings, one fan, and progress that is no flood."""

from __future__ import annotations

from base64 import b64decode
from datetime import date

import dagster as dg

from anfl_assets.defs.forecast_metadata import fan_metadata, forecast_metadata, most_telling
from anfl_assets.defs.forecasts import now_and_then
from anfl_assets.flow.forecasting.run import ForecastRun, Told
from anfl_assets.report.forecasts import VintageRow
from tests.forecast_rows import calm, distrusted, fan, refused, vintage


def _run(*standing: VintageRow) -> ForecastRun:
    return ForecastRun(made=(), standing=standing, scored=4)


def test_a_run_says_how_many_of_each_status_and_the_soonest_crossing() -> None:
    later = vintage(subject="db-3/disk", threshold_day_50=date(2027, 2, 1))
    run = _run(calm(), later, vintage(), distrusted(), refused())
    told = forecast_metadata(run, seconds=12.34)
    assert told["said"] == (
        "5 series: 3 forecastable, 1 not forecastable, 1 refused; 2 crossings foretold, "
        "the soonest db-2/disk resource_utilization daily peak by 2027-01-12"
    )
    assert (told["dagster/row_count"], told["days_scored"], told["seconds"]) == (5, 4, 12.3)
    assert told["crossings"].value.splitlines()[2:] == [
        "| db-2/disk resource\\_utilization daily peak | 90 % | 2027-01-12 | 97 % |",
        "| db-3/disk resource\\_utilization daily peak | 90 % | 2027-02-01 | 97 % |",
    ]


def test_without_a_crossing_none_is_told_and_without_series_nothing() -> None:
    assert forecast_metadata(_run(calm()), seconds=1)["said"] == (
        "1 series: 1 forecastable; no crossing foretold"
    )
    empty = forecast_metadata(_run(), seconds=1)
    assert empty["said"] == "no series has a closed day yet"
    assert empty["crossings"].value == "No crossing is foretold."


def test_the_soonest_crossing_is_shown_else_the_likeliest_that_is_trusted() -> None:
    across = calm(subject="full", is_across_now=True, threshold_probability=1.0)
    likely = calm(subject="likely", threshold_probability=0.3)
    doubted = distrusted(subject="doubted", threshold_day_expected=None)
    assert most_telling([across, calm(), likely, doubted, vintage()]) == vintage()
    assert most_telling([across, calm(), likely, doubted]) == likely
    assert most_telling([refused()]) is None


def test_the_fan_is_a_picture_within_the_text_that_says_what_it_shows() -> None:
    row = vintage(subject="db-2](x)", recent=[80.0, 81.0, None, 83.0])
    shown = fan_metadata(row, fan(row))
    assert isinstance(shown, dg.MarkdownMetadataValue)
    told, _, picture = str(shown.value).partition("](data:image/svg+xml;base64,")
    assert told.startswith("![Last observed 83 % on 2026-11-22. Expected ")
    drawn = b64decode(picture.removesuffix(")")).decode()
    assert drawn.startswith("<svg ")
    assert "even odds 12 Jan" in drawn


def test_progress_is_told_every_five_seconds_and_at_the_end() -> None:
    moments = iter([0.0, 1.0, 4.9, 5.0, 9.9, 9.9])
    said: list[str] = []
    tell = now_and_then(said.append, lambda: next(moments))
    for number in (1, 2, 3, 4, 5):
        tell(Told(number, 5, calm(), is_standing=False, seconds=1.0))
    assert said == [
        "3 of 5 series; db-2/disk resource_utilization daily peak: forecastable",
        "5 of 5 series; db-2/disk resource_utilization daily peak: forecastable",
    ]
