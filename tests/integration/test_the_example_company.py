"""The pipeline held to the example company's own truth, which was computed without it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import pytest

from anfl_assets.catalog import load_catalog
from anfl_assets.flow.land import LandReport
from anfl_assets.report.published import Published, open_published
from anfl_assets.report.scoreboard import scoreboard
from anfl_assets.store.workspace import open_workspace
from tests.integration.built_example import EXAMPLE_AS_OF, BuiltExample

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def truth(built_example: BuiltExample) -> dict[str, Any]:
    path = built_example.root / "example" / "truth.json"
    loaded: dict[str, Any] = json.loads(path.read_text())
    return loaded


@pytest.fixture(scope="module")
def landed(built_example: BuiltExample) -> Mapping[str, LandReport]:
    return built_example.landed


@pytest.fixture(scope="module")
def published(built_example: BuiltExample) -> Iterator[Published]:
    with open_published(open_workspace(built_example.root)) as opened:
        yield opened


def test_every_feed_lands_exactly_what_was_planted(
    landed: Mapping[str, LandReport], truth: dict[str, Any]
) -> None:
    counted = ("received", "accepted", "quarantined", "duplicates", "superseded")
    found = {
        name: {key: getattr(report, key) for key in counted}
        for name, report in landed.items()
        if name in truth["feeds"]
    }
    wanted = {name: {key: feed[key] for key in counted} for name, feed in truth["feeds"].items()}
    assert found == wanted


def test_a_run_alone_samples_nothing_of_this_machine(landed: Mapping[str, LandReport]) -> None:
    own = ("this_machine", "own_pages", "own_builds", "own_work")
    found = {name: (landed[name].status, landed[name].received) for name in own}
    assert found == dict.fromkeys(own, ("live", 0))


def test_every_value_and_status_is_what_the_company_knows_it_to_be(
    published: Published, truth: dict[str, Any]
) -> None:
    wrong = [
        problem
        for expected in (*truth["metrics"], *truth["past"])
        for problem in problems(judged(published, expected), expected)
    ]
    assert wrong == []


def test_the_board_shows_each_metric_with_its_expected_status_and_since(
    published: Published, truth: dict[str, Any]
) -> None:
    board = {(row.metric_id, row.subject): row for row in scoreboard(published, now=EXAMPLE_AS_OF)}
    assert {metric_id for metric_id, _ in board} == set(load_catalog().metrics)
    for expected in truth["metrics"]:
        row = board[expected["metric_id"], expected["subject"]]
        if row.grain == expected["grain"]:
            assert row.status == expected["status"], expected
            assert row.staleness_s is not None
            if expected["since"]:
                assert row.since == datetime.fromisoformat(expected["since"]), expected


def test_the_board_of_an_earlier_moment_shows_the_incident_of_that_moment(
    published: Published, truth: dict[str, Any]
) -> None:
    expected = next(row for row in truth["past"] if row["metric_id"] == "error_rate")
    at = datetime.fromisoformat(expected["window_end_at"])
    board = {
        (row.metric_id, row.subject): row
        for row in scoreboard(published, now=EXAMPLE_AS_OF, as_of=at)
    }
    row = board["error_rate", expected["subject"]]
    assert (row.status, row.window_end_at) == (expected["status"], at)
    assert row.value == pytest.approx(expected["value"])


def judged(published: Published, expected: dict[str, Any]) -> list[dict[str, Any]]:
    return published.rows(
        f"select * from {published.table('fct_metric_status')} "  # noqa: S608
        "where metric_id = ? and subject = ? and grain = ? and window_end_at = ?",
        [expected[key] for key in ("metric_id", "subject", "grain", "window_end_at")],
    )


def problems(rows: list[dict[str, Any]], expected: dict[str, Any]) -> list[str]:
    """Say in words how the judge's row differs from what was expected."""
    name = f"{expected['metric_id']} {expected['subject']} {expected['window_end_at']}"
    if len(rows) != 1:
        return [f"{name}: {len(rows)} rows"]
    row = rows[0]
    exact = {"status": expected["status"], "sample_count": expected["sample_count"]}
    told = [
        f"{name}: {key}: found {row[key]}, expected {wanted}"
        for key, wanted in exact.items()
        if wanted is not None and row[key] != wanted
    ]
    if row["window_start_at"] != datetime.fromisoformat(expected["window_start_at"]):
        told.append(f"{name}: begins {row['window_start_at']}")
    if row["value"] != pytest.approx(expected["value"], rel=expected["relative_tolerance"]):
        told.append(f"{name}: value: found {row['value']}, expected {expected['value']}")
    return told
