"""Replaying published history, and comparing two policies on it."""

from __future__ import annotations

import json
import math
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from anfl_assets.alert.read_policy import read_policy
from anfl_assets.catalog import load_catalog
from anfl_assets.cli.alerts.replay import command
from anfl_assets.errors import BadQuantity
from anfl_assets.flow.alerting.replaying.history import (
    Judging,
    OwnTarget,
    judged_history,
    own_targets,
)
from anfl_assets.flow.alerting.replaying.what_if import what_if
from anfl_assets.report.published import open_published
from anfl_assets.store.workspace import Workspace
from tests.integration.published_history import FIVE, START, published_folder

DAY = timedelta(days=1)
LATENCY = "inference_latency"
OWN = OwnTarget(LATENCY, "batch", "<", 500.0, 1000.0)
# 20 windows fine, 6 beyond 100 ms, 4 off target, then fine; batch has a target of its own.
CHAT = [40.0] * 20 + [110.0] * 6 + [70.0] * 4 + [40.0] * 10
BATCH = [400.0] * 40


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    values = {(LATENCY, "chat"): CHAT, (LATENCY, "batch"): BATCH}
    return published_folder(tmp_path_factory.mktemp("history"), values, own=[OWN])


def _replay(workspace: Workspace, *arguments: str) -> Result:
    end = (START + 40 * FIVE).isoformat()
    given = ["--data-dir", str(workspace.root), "--days", "1", "--until", end, *arguments]
    return CliRunner().invoke(command, given)


def _runs(workspace: Workspace, judging: Judging, **levels: float) -> dict[str, list[str]]:
    with open_published(workspace) as published:
        past = judged_history(published, judging, levels, start=START, end=START + DAY)
    return {
        track.subject: [f"{run.status} {run.first}-{run.stop}" for run in track.runs]
        for track in past.tracks
    }


def test_history_is_read_as_runs_of_what_was_judged(workspace: Workspace) -> None:
    assert _runs(workspace, Judging(load_catalog())) == {
        "batch": ["on_target 0-40"],
        "chat": ["on_target 0-20", "breached 20-26", "off_target 26-30", "on_target 30-40"],
    }


def test_a_run_ends_where_the_level_is_crossed_at_which_a_breach_is_over(
    workspace: Workspace,
) -> None:
    found = _runs(workspace, Judging(load_catalog()), inference_latency=70.0)
    assert found["chat"] == [
        "on_target 0-20",
        "breached 20-26",
        "off_target 26-30",
        "on_target 30-40",
    ]
    found = _runs(workspace, Judging(load_catalog()), inference_latency=100.0)
    assert found["batch"] == ["on_target 0-40"]


def test_judged_again_with_its_own_targets_history_is_what_was_published(
    workspace: Workspace,
) -> None:
    catalog = load_catalog()
    with open_published(workspace) as published:
        own = own_targets(published, catalog, [LATENCY])
    assert own == [OWN]
    again = Judging(catalog, frozenset({LATENCY}), tuple(own))
    assert _runs(workspace, again) == _runs(workspace, Judging(catalog))


@pytest.mark.parametrize(
    ("setting", "chat", "batch"),
    [
        ("latency.alert_threshold=120ms", "on off off on", "on"),
        ("latency.alert_threshold=60ms", "on breached breached on", "on"),
        ("latency.target=<80ms", "on breached on on", "on"),
        ("latency.chat.alert_threshold=120ms", "on off off on", "on"),
        ("latency.batch.alert_threshold=300ms", "on breached off on", "breached"),
    ],
)
def test_a_what_if_is_judged_by_the_builds_own_judge(
    workspace: Workspace, setting: str, chat: str, batch: str
) -> None:
    catalog = load_catalog()
    tried = what_if(catalog, read_policy(catalog, None, feeds={}), [setting])
    with open_published(workspace) as published:
        own = tried.merged(own_targets(published, catalog, tried.metric_ids))
        judging = Judging(tried.catalog, tried.metric_ids, own)
        past = judged_history(published, judging, {}, start=START, end=START + DAY)
    said = {
        track.subject: [
            run.status.removesuffix("_target")
            for run in track.runs
            for _ in range(run.first, run.stop)
        ]
        for track in past.tracks
    }
    assert " ".join(said["chat"][n] for n in (0, 20, 26, 39)) == chat
    assert set(said["batch"]) == {batch}


@pytest.mark.parametrize(
    "setting",
    [
        "latency.alert_threshold=120",
        "latency.alert_threshold=40ms",
        "latency.alert_threshold=<120ms",
        "latency.chat.alert_threshold=5%",
        "latency.limit=120ms",
        "latency.chat.for=5 minutes",
        "latency.for=soon",
        "latency.recovers_at=200ms",
        "latency.alert_threshold",
    ],
)
def test_a_setting_that_does_not_fit_is_refused_in_words(setting: str) -> None:
    catalog = load_catalog()
    with pytest.raises(BadQuantity, match="expected"):
        what_if(catalog, read_policy(catalog, None, feeds={}), [setting])


def test_the_replay_counts_messages_by_channel_hour_week_and_incident(workspace: Workspace) -> None:
    found = json.loads(_replay(workspace, "--json").output)
    # 40 windows of two subjects; the breach holds for two: first at 13:50, repeat at 13:55,
    # escalation at 14:05, over at 14:15; two windows off the target are a warning, over at 14:35.
    assert found["in_force"]["windows"] == 80
    assert found["in_force"]["by_channel"] == {"Email": 7, "PagerDuty": 5, "SMS": 5, "Slack": 2}
    times = [(each["at"][11:16], each["reason"], each["channel"]) for each in found["messages"]]
    assert times == [
        *(("13:50", "first", name) for name in ("PagerDuty", "SMS", "Email")),
        *(("13:55", "repeat", name) for name in ("PagerDuty", "SMS", "Email")),
        *(("14:05", "escalation", name) for name in ("PagerDuty", "SMS", "Email")),
        *(("14:15", "recovery", name) for name in ("PagerDuty", "SMS", "Email") * 2),
        *(("14:20", "first", name) for name in ("Email", "Slack")),
        *(("14:35", "recovery", name) for name in ("Email", "Slack")),
    ]


def test_another_threshold_is_compared_message_by_message(workspace: Workspace) -> None:
    result = _replay(workspace, "--set", "latency.alert_threshold=120ms")
    assert result.exit_code == 0
    assert "What a replay cannot know:" in result.output
    assert "our own signals" in result.output
    found = json.loads(
        _replay(workspace, "--set", "latency.alert_threshold=120ms", "--json").output
    )
    removed, added = (
        sorted((each["at"][11:16], each["severity"], each["channel"]) for each in found[name])
        for name in ("removed", "added")
    )
    # The warning comes when the page came, instead of after it; its recovery is the same.
    assert added == [("13:50", "warning", "Email"), ("13:50", "warning", "Slack")]
    assert [each for each in removed if each[1] == "warning"] == [
        ("14:20", "warning", "Email"),
        ("14:20", "warning", "Slack"),
    ]
    assert len(removed) == 17


def test_more_messages_than_the_budget_fail(workspace: Workspace) -> None:
    setting = (
        "--set",
        "latency.batch.alert_threshold=300ms",
        "--set",
        "latency.batch.target=<20ms",
    )
    assert _replay(workspace, *setting, "--fail-above", "0").exit_code == 1
    assert _replay(workspace, *setting, "--fail-above", "1000").exit_code == 0
    assert _replay(workspace, "--fail-above", "0").exit_code == 2


def test_acknowledgements_come_from_a_file(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "acks.yaml"
    path.write_text("ack:\n  - {after: 2m, by: ana, match: {severity: critical}}\n")
    found = json.loads(_replay(workspace, "--acks", str(path), "--json").output)
    assert {each["reason"] for each in found["messages"]} == {"first", "recovery"}
    path.write_text("ack:\n  - {at: 2026-03-02T13:52Z, by: ana}\n")
    again = json.loads(_replay(workspace, "--acks", str(path), "--json").output)
    assert again["messages"] == found["messages"]


def test_a_subject_its_metric_goes_on_without_has_no_data_after_its_patience(
    tmp_path: Path,
) -> None:
    gap = [math.nan] * 20
    values = {(LATENCY, "chat"): [40.0] * 60, (LATENCY, "search"): [40.0] * 10 + gap + [40.0] * 30}
    found = published_folder(tmp_path, values)
    assert _runs(found, Judging(load_catalog()))["search"] == [
        "on_target 0-10",
        "no_data 10-11",
        "on_target 11-41",
    ]
    with open_published(found) as published:
        past = judged_history(published, Judging(load_catalog()), {}, start=START, end=START + DAY)
    [search] = [track for track in past.tracks if track.subject == "search"]
    reading = search.reading(search.runs[1], 10)
    # the tenth window ends 50 minutes in; an hour is tolerated, so the window after that notes it
    assert reading.judged_at - START == timedelta(minutes=115)
    assert (reading.value, reading.window_end_at, reading.sample_count) == (
        None,
        START + 10 * FIVE,
        0,
    )
