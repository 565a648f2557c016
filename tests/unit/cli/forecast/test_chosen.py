"""Which forecasts a person means, and what is said where there are none."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from anfl_assets.catalog import load_catalog
from anfl_assets.cli.forecast.chosen import chosen, kept, metric_ids, too_old
from anfl_assets.errors import UnknownMetric, UserError
from anfl_assets.store.workspace import Workspace
from tests.forecast_rows import vintage

CATALOG = load_catalog()
ROWS = [
    vintage(vintage_id="1", subject="db-1/disk", form="daily peak"),
    vintage(vintage_id="2", subject="db-1/disk", form="daily mean"),
    vintage(vintage_id="3", subject="db-1/cpu", form="daily peak"),
]
USE = {"resource_utilization"}


def _ids(subject: str | None, form: str | None) -> list[str]:
    return [row.vintage_id for row in chosen(ROWS, USE, subject=subject, form=form)]


def test_subject_and_form_narrow_what_is_meant() -> None:
    assert _ids(None, None) == ["1", "2", "3"]
    assert _ids("db-1/disk", None) == ["1", "2"]
    assert _ids(None, "daily peak") == ["1", "3"]
    assert _ids("db-1/disk", "daily mean") == ["2"]


@pytest.mark.parametrize(
    ("subject", "form", "told"),
    [
        pytest.param("db-9", None, "no subject 'db-9'; expected one of db-1/disk, db-1/cpu",
                     id="subject"),
        pytest.param(None, "p95", "no form 'p95'; expected one of daily peak, daily mean",
                     id="form"),
        pytest.param("db-1/cpu", "daily mean",
                     "no form 'daily mean' of db-1/cpu; there is db-1/cpu, daily peak", id="both"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_told_with_what_is(
    subject: str | None, form: str | None, told: str
) -> None:
    with pytest.raises(UserError, match=f"^{re.escape(told)}$"):
        chosen(ROWS, USE, subject=subject, form=form)


def test_an_alias_means_the_metrics_that_are_forecast() -> None:
    assert metric_ids(CATALOG, "response_time") == {"inference_latency"}
    assert metric_ids(CATALOG, "efficiency") == {"resource_utilization"}
    assert metric_ids(CATALOG, None) >= {"resource_utilization", "throughput"}


def test_a_metric_that_is_not_forecast_is_told_from_one_that_is_not_there() -> None:
    with pytest.raises(UserError, match=r"'uptime' is not forecast; .* asks for forecasts of"):
        metric_ids(CATALOG, "uptime")
    with pytest.raises(UnknownMetric, match="did you mean 'throughput'"):
        metric_ids(CATALOG, "thruput")


def test_a_folder_without_forecasts_says_which_command_makes_them(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="was made yet; `anfl forecast run --data-dir"):
        kept(Workspace(tmp_path))


@pytest.mark.parametrize(
    ("days_later", "told"),
    [
        pytest.param(14, None, id="two rounds of a weekly model"),
        pytest.param(
            16,
            "Too old to go by: 3 of 3 forecasts, made from days up to 2026-11-22; "
            "`anfl forecast run` makes newer ones.",
            id="longer",
        ),
    ],
)
def test_what_is_too_old_to_go_by_is_said(days_later: int, told: str | None) -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC) + timedelta(days=days_later)
    assert too_old(ROWS, CATALOG, now) == told
