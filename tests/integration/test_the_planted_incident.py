"""The example's planted incidents, told as they were: by the real judge, under a virtual clock."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from anfl_assets.alert import by_hand
from anfl_assets.alert.explain_not import Answer
from anfl_assets.alert.policy import Policy
from anfl_assets.deliver.message import from_json
from anfl_assets.flow.alerting.explain import why, why_not
from anfl_assets.flow.alerting.readings import readings_as_of
from anfl_assets.flow.alerting.settings import load_settings
from anfl_assets.flow.binding import bind_feeds
from anfl_assets.store.alerts.records import Incident, Match, Reading, Silence
from anfl_assets.store.workspace import Workspace, open_workspace
from tests.integration.alerting_at_work import Alerting, Told
from tests.integration.built_example import BuiltExample
from tests.integration.providers import providers

pytestmark = pytest.mark.slow
PAGES = {"PagerDuty", "SMS", "Email"}
# What else stands in the example's history then is told too; these are what the tests speak of.
SPOKEN_OF = ("error_rate", "inference_latency")


@dataclass
class Story:
    """The alerting of the example company, from a moment of its history on."""

    alerting: Alerting
    example: BuiltExample
    began: datetime

    def judged(self, minute: float) -> Sequence[Reading]:
        """Return what the judge said at a minute."""
        return [
            each
            for each in _as_of(self.example.root, self.at(minute))
            if each.metric_id in SPOKEN_OF
        ]

    def at(self, minute: float) -> datetime:
        """Return a moment of the story."""
        return self.began + timedelta(minutes=minute)

    def run(self, minute: float, metric_id: str) -> set[tuple[str, str, str]]:
        """Judge and send; return what was sent of a metric's critical incident."""
        told = self.alerting.run(self.at(minute), *self.judged(minute))
        keys = {each.incident_id for each in self.incidents(metric_id)}
        mine = {
            (each.sent_at, each.reason, *each.target)
            for each in self.alerting.notices()
            if each.incident_id in keys and each.sent_at is not None
        }
        return {without_time(each) for each in told if each in mine}

    def incidents(self, metric_id: str, severity: str = "critical") -> list[Incident]:
        """Return the incidents of a metric, newest first."""
        with self.alerting.store() as store:
            return [
                each
                for each in store.incidents()
                if each.policy.severity == severity and f"metric={metric_id}" in each.group_key
            ]

    def silence(self, minute: float, match: Match) -> None:
        """Let ana silence what matches for hours."""
        at = self.at(minute)
        made = Silence(1, match, "ana", "known", at, at + timedelta(hours=12), at)
        with self.alerting.store() as store, store.transaction() as held:
            held.keep(by_hand.silence(held.state(at), made, self.policy(), now=at), now=at)

    def resolve(self, minute: float, incident_id: int) -> None:
        """Let ana close an incident."""
        at, policy = self.at(minute), self.policy()
        with self.alerting.store() as store, store.transaction() as held:
            done = by_hand.resolve(
                held.state(at), incident_id, policy, by="ana", reason="known", now=at
            )
            held.keep(done, now=at)

    def policy(self) -> Policy:
        """Return the policy of the example company."""
        return load_settings(self.alerting.workspace, self.alerting.variables).policy

    def why(self, incident_id: int) -> str:
        """Return the story `anfl alerts why` tells."""
        with self.alerting.store() as store:
            return "\n".join(str(each) for each in why(store, incident_id).story)

    def why_not(self, metric_id: str, subject: str, minute: float) -> list[Answer]:
        """Return what `anfl alerts why-not` answers."""
        policy = self.policy()
        readings, at = self.judged(minute), self.at(minute)
        with self.alerting.store() as store:
            return why_not(store, policy, readings, metric_id=metric_id, subject=subject, at=at)


@cache
def _as_of(root: Path, moment: datetime) -> Sequence[Reading]:
    return readings_as_of(Workspace(root), moment)


def without_time(told: Told) -> tuple[str, str, str]:
    return told[1:]


def to(person: str, reason: str) -> set[tuple[str, str, str]]:
    return {(reason, channel, person) for channel in PAGES}


def planted(example: BuiltExample, incident_id: str) -> datetime:
    """Return when an incident of the example began."""
    truth = json.loads((example.root / "example" / "truth.json").read_text())
    told = next(each for each in truth["incidents"] if each["incident_id"] == incident_id)
    return datetime.fromisoformat(told["start_at"])


@pytest.fixture
def alerting(tmp_path: Path, built_example: BuiltExample) -> Iterator[Alerting]:
    with providers() as running:
        work = Alerting(tmp_path / "data", running)
        workspace = open_workspace(work.folder)
        bind_feeds(workspace, built_example.root / "example" / "feeds.yaml")
        yield work


def test_a_faulty_release_pages_again_escalates_stops_on_an_acknowledgement_and_ends(
    alerting: Alerting, built_example: BuiltExample
) -> None:
    story = Story(alerting, built_example, planted(built_example, "chat-errors"))
    # One bad window is held back; the second ends ten minutes after the release.
    assert [story.run(minute, "error_rate") for minute in (-5, 0, 5)] == [set()] * 3
    assert story.run(10, "error_rate") == to("on_call", "first")
    assert story.run(14, "error_rate") == set()
    assert story.run(15, "error_rate") == to("on_call", "repeat")
    assert story.run(24, "error_rate") == set()
    assert story.run(25, "error_rate") == to("ml_platform", "escalation")
    [incident] = story.incidents("error_rate")
    alerting.acknowledge(story.at(27), incident.incident_id)
    # PagerDuty keeps its incident up to date; nobody is paged again.
    assert story.run(28, "error_rate") == {
        ("acknowledged", "PagerDuty", "on_call"),
        ("acknowledged", "PagerDuty", "ml_platform"),
    }
    assert [story.run(minute, "error_rate") for minute in (35, 39.5)] == [set()] * 2
    assert story.run(40, "error_rate") == to("on_call", "recovery") | to("ml_platform", "recovery")
    assert story.run(60, "error_rate") == set()
    alerting.assert_the_sandbox_got_exactly_what_was_sent()
    assert all(from_json(each.body).is_simulated for each in alerting.notices())
    for received in alerting.providers.messages():
        assert "SIMULATED" in str(received.draft.fields)

    told = story.why(incident.incident_id)
    for word in ("held back", "first", "repeat", "escalation", "acknowledged", "recovery"):
        assert word in told, told
    [neighbour] = story.why_not("error_rate", "embeddings", 15)
    assert neighbour.outcome == "not_wrong"


def test_slow_images_are_told_of_until_somebody_closes_them_and_a_muted_warning_of_nobody(
    alerting: Alerting, built_example: BuiltExample
) -> None:
    story = Story(alerting, built_example, planted(built_example, "slow-images"))
    # The warning of that day's other incident, which is known and has been silenced.
    story.silence(-1, Match(metric="error_rate", subject="moderation", severity="warning"))
    assert [story.run(minute, "inference_latency") for minute in (0, 5)] == [set()] * 2
    assert story.run(10, "inference_latency") == to("on_call", "first")
    assert story.run(15, "inference_latency") == to("on_call", "repeat")
    assert story.run(25, "inference_latency") == to("ml_platform", "escalation")
    [incident] = story.incidents("inference_latency")
    story.resolve(26, incident.incident_id)
    everybody = to("on_call", "recovery") | to("ml_platform", "recovery")
    assert story.run(27, "inference_latency") == everybody
    # It still is slow: closed is closed until it has ended by itself.
    assert story.run(60, "inference_latency") == set()
    alerting.assert_the_sandbox_got_exactly_what_was_sent()

    assert "closed by ana" in story.why(incident.incident_id)
    [slow] = story.why_not("inference_latency", "image-generation", 15)
    assert (slow.outcome, slow.incident_id) == ("told", incident.incident_id)
    assert story.incidents("error_rate", "warning") == []
    [muted] = story.why_not("error_rate", "moderation", 15)
    assert muted.outcome == "muted"
    assert "silence 1 by ana (known)" in muted.why
