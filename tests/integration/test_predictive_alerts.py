"""From kept forecasts to what people get: one message, one recovery, and none without skill."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from anfl_assets.cli.main import invoke
from anfl_assets.flow.alerting.evaluate import Evaluator, open_evaluator
from anfl_assets.flow.alerting.forecast_readings import ForecastReadings, with_feeds
from anfl_assets.flow.alerting.sending.delivery import open_delivery
from anfl_assets.flow.alerting.settings import load_settings
from anfl_assets.flow.binding import bind_feeds
from anfl_assets.report.forecast_rows import VINTAGES, VintageRow
from anfl_assets.store.workspace import Workspace, open_workspace
from tests.forecast_rows import calm, distrusted, put, refused, vintage
from tests.integration.alerting_at_work import sandbox_variables
from tests.integration.providers import Providers, providers

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
SECOND, WEEK = timedelta(seconds=1), timedelta(days=7)
FEEDS = """\
organisation: {name: Acme, is_simulated: true}
feeds:
  gateway:
    entity: requests
    files: gateway.csv
    columns:
      {observed_at: {from: at, zone: UTC}, service: service, latency_ms: ms, is_error: failed}
"""
# Slack, so that it comes at once to a place that can be looked at.
BY_SLACK = """\
routes: [{name: planning, match: {kind: forecast}, channels: [Slack, Dashboard]}]
mute: [{match: {kind: forecast, subject: "batch-*"}, reason: they are meant to run full}]
"""
FORETOLD = vintage(recent=[81.4], skill=0.34)
# Noise about a constant, a random walk (as likely as not across, though nothing expected is), a
# forecast without skill, one of too few days, a stale one, one that the organisation mutes.
NOTHING_TO_TELL = (
    calm(subject="noise", vintage_id="v1"),
    vintage(
        subject="walk", vintage_id="v2", threshold_probability=0.61, threshold_day_expected=None
    ),
    distrusted(subject="unskilled", vintage_id="v3"),
    refused(subject="young", vintage_id="v4"),
    vintage(subject="old", vintage_id="v5", origin_day=date(2026, 11, 1)),
    vintage(subject="batch-1", vintage_id="v6"),
)


def weeks_later(row: VintageRow, weeks: int) -> VintageRow:
    """The same said by a forecast that was made weeks later."""
    return replace(
        row,
        vintage_id=f"{row.vintage_id}-{weeks}",
        origin_day=row.origin_day + weeks * WEEK,
        computed_at=row.computed_at + weeks * WEEK,
    )


@pytest.fixture(name="sandbox")
def _sandbox() -> Iterator[Providers]:
    with providers() as running:
        yield running


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    for name in ("ANFL_ALERTS", "ANFL_ALERTS_URL", "ANFL_SANDBOX_URL", "ANFL_SANDBOX_SMTP"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ANFL_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "feeds.yaml").write_text(FEEDS)
    made = open_workspace(tmp_path / "data")
    bind_feeds(made, tmp_path / "feeds.yaml")
    (made.root / "alerts.yaml").write_text(BY_SLACK)
    return made


def evaluated(evaluator: Evaluator, *moments: datetime) -> None:
    """Judge all there is and send what is due, at each moment."""
    for at in moments:
        found = evaluator.evaluate(at)
        assert (found.is_done, found.problems) == (True, ())
        _send(evaluator, at)


def _send(evaluator: Evaluator, at: datetime) -> None:
    channels = load_settings(evaluator.workspace, evaluator.environ).channels
    open_delivery(channels, evaluator.store, clock=lambda: at, by="test").once()


def posts(sandbox: Providers) -> list[str]:
    """What was posted in Slack, its edits left out."""
    drafts = [each.draft for each in sandbox.messages("slack")]
    return [str(each.fields["text"]) for each in drafts if each.action == "chat.postMessage"]


def test_what_is_foretold_is_told_once_and_so_is_its_end(
    workspace: Workspace, sandbox: Providers
) -> None:
    put(workspace, [*NOTHING_TO_TELL, FORETOLD])
    with open_evaluator(workspace, sandbox_variables(sandbox)) as evaluator:
        evaluated(evaluator, NOW, NOW + 5 * SECOND, NOW + 10 * SECOND)
        # Wavering odds end nothing and tell nothing; nor does a model that lost its skill.
        put(workspace, [weeks_later(vintage(threshold_probability=0.4), 1)])
        evaluated(evaluator, NOW + WEEK)
        put(workspace, [weeks_later(distrusted(), 2)])
        evaluated(evaluator, NOW + 2 * WEEK)
        put(workspace, [weeks_later(calm(threshold_probability=0.2), 3)])
        evaluated(evaluator, NOW + 3 * WEEK, NOW + 3 * WEEK + 5 * SECOND)
    assert posts(sandbox)[0] == (
        "[INFORMATION, SIMULATED] Resource utilization of db-2/disk will cross 90 % around "
        "2027-01-12 (even odds), 90 % sure by 2027-01-30"
    )
    assert [text.partition("]")[0] for text in posts(sandbox)] == [
        "[INFORMATION, SIMULATED",
        "[INFORMATION, again, SIMULATED",  # §4.2: nobody answered within the response time, a day
        "[RESOLVED, SIMULATED",
    ]


def test_nothing_is_told_where_nothing_is_foretold(
    workspace: Workspace, sandbox: Providers
) -> None:
    put(workspace, NOTHING_TO_TELL)
    with open_evaluator(workspace, sandbox_variables(sandbox)) as evaluator:
        evaluated(evaluator, NOW, NOW + 5 * SECOND)
        assert [each.key.subject for each in evaluator.store.conditions()] == ["batch-1"]
        assert evaluator.store.open_incidents() == []
    assert sandbox.messages() == []


def test_why_and_why_not_answer_for_forecasts_as_for_anything_else(
    workspace: Workspace, sandbox: Providers, capsys: pytest.CaptureFixture[str]
) -> None:
    put(workspace, [*NOTHING_TO_TELL, FORETOLD])
    with open_evaluator(workspace, sandbox_variables(sandbox)) as evaluator:
        evaluated(evaluator, NOW)
    assert invoke(["alerts", "why", "1"]) == 0
    why = " ".join(capsys.readouterr().out.split())
    assert "will cross 90 % around 2027-01-12 (even odds), 90 % sure by 2027-01-30" in why
    asked = ["alerts", "why-not", "resource_utilization", "--at", NOW.isoformat(), "--json"]
    assert invoke(asked) == 0
    answers = json.loads(capsys.readouterr().out)["answers"]
    said = {each["subject"]: (each["outcome"], each["judged"] + each["why"]) for each in answers}
    for subject, outcome, gist in (
        ("db-2/disk", "told", "will cross 90 % around 2027-01-12 (even odds)"),
        ("batch-1", "muted", "alerts.yaml mutes it (they are meant to run full)"),
        ("noise", "not_wrong", "is not expected to cross 90 % by 2027-02-20 (3 % likely)"),
        ("walk", "not_wrong", "61 % likely to cross 90 % by 2027-02-20, though what is expected"),
        ("unskilled", "not_wrong", "no forecast to trust: no better than naive"),
        ("young", "not_wrong", "no forecast: 10 days with a value; it takes 28"),
        ("old", "not_wrong", "no fresh forecast: the newest is of the days up to 2026-11-01"),
    ):
        found, words = said.pop(subject)
        assert (found, gist in words) == (outcome, True), words
    assert said == {}


def test_a_forecast_has_the_feed_that_brings_what_is_forecast(workspace: Workspace) -> None:
    put(workspace, [FORETOLD, vintage(subject="db-3/disk", vintage_id="v7")])
    foretold = ForecastReadings(workspace).at(NOW)
    judged = replace(foretold[0], grain="5 minutes", feed="this_machine")
    assert [each.feed for each in with_feeds(foretold, [judged])] == ["this_machine", None]


def test_forecasts_are_read_once_for_each_change_and_day(workspace: Workspace) -> None:
    readings = ForecastReadings(workspace)
    assert readings.at(NOW) == []
    put(workspace, [FORETOLD])
    first = readings.at(NOW)
    assert [each.subject for each in first] == ["db-2/disk"]
    assert readings.at(NOW + 60 * SECOND) is first
    put(workspace, [vintage(subject="db-3/disk", vintage_id="v7")])
    assert [each.subject for each in readings.at(NOW)] == ["db-2/disk", "db-3/disk"]
    assert {each.status for each in readings.at(NOW + 3 * WEEK)} == {"insufficient"}


def test_forecasts_that_cannot_be_read_stop_no_other_alert(
    workspace: Workspace, sandbox: Providers
) -> None:
    put(workspace, [FORETOLD])
    with open_evaluator(workspace, sandbox_variables(sandbox)) as evaluator:
        evaluated(evaluator, NOW)
        for path in workspace.forecast_path(VINTAGES).rglob("*.parquet"):
            path.write_bytes(b"damaged")
        put(workspace, [vintage(subject="db-3/disk", vintage_id="v7")])
        found = evaluator.evaluate(NOW + 5 * SECOND)
        assert found.is_done
        assert "its forecasts cannot be read now" in str(found)
        # What was read last holds.
        assert [each.is_open for each in evaluator.store.open_incidents()] == [True]
