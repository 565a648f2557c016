"""The same stream of alerts given to Debian's Alertmanager and to ours: the same first messages.

After Alertmanager's own TestClusterVSInstance. What differs by design is left out where the stream
is made, not where it is compared:
- nothing ends: Alertmanager ends a group at its next interval, ours with its last member;
- a group begins with at least one subject that can be heard: one that is muted when it begins is
  looked at again by Alertmanager only after its interval, by ours at once;
- nothing that is heard at first is muted later, and no cause is also an effect.
"""

from __future__ import annotations

import random
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from anfl_assets.alert.by_hand import silence
from anfl_assets.alert.pipeline import step
from anfl_assets.alert.policy import Inhibition, Policy
from anfl_assets.deliver.message import from_json
from anfl_assets.store.alerts.records import Match, Outcome, Reading, Silence, State
from tests.campaign.alertmanager import PROGRAM, Alert, alertmanager
from tests.campaign.test_killing_the_sender import both, kill
from tests.integration.alerting_at_work import Alerting
from tests.integration.alerting_process import tell
from tests.integration.providers import providers
from tests.unit.alert.world import policy, reading, watched

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="prometheus-alertmanager is not installed")
METRICS = tuple(f"metric_{number}" for number in range(8))
CAUSE, EFFECT = METRICS[0], METRICS[1:3]
KINDS = ("breached", "off_target", "no_data")
SUBJECTS = (*(f"quiet-{number}" for number in range(25)), *(f"s-{number}" for number in range(25)))
WAVES, EACH = 5, 70
FIRST_WAIT_S, KILLS = 2.0, 6
Place = tuple[str, str]
Group = tuple[str, str, str]
Members = frozenset[str]
# Waves of what stands newly.
Stream = Sequence[Sequence[Reading]]


def severity_of(metric_id: str, kind: str) -> str:
    """Half of the metrics are critical when breached, the others warn."""
    is_technical = METRICS.index(metric_id) % 2 == 0
    worst, less = ("critical", "warning") if is_technical else ("warning", "information")
    return less if kind == "off_target" else worst


def our_policy() -> Policy:
    kinds = {metric: {kind: severity_of(metric, kind) for kind in KINDS} for metric in METRICS}
    made = policy(*(watched(metric, severity=kinds[metric]) for metric in METRICS))
    rules = tuple(
        Inhibition(
            f"cause of {effect}",
            Match(metric=CAUSE, kind="breached"),
            Match(metric=effect),
            ("subject",),
        )
        for effect in EFFECT
    )
    return replace(made, inhibitions=rules)


def their_rules() -> list[dict[str, Any]]:
    """The same rules, and the one that is built into ours: what is worse mutes the lesser."""
    causes = [
        {
            "source_matchers": [f'metric="{CAUSE}"', 'kind="breached"'],
            "target_matchers": [f'metric="{effect}"'],
            "equal": ["subject"],
        }
        for effect in EFFECT
    ]
    worse = {
        "source_matchers": ['kind="breached"'],
        "target_matchers": ['kind="off_target"'],
        "equal": ["metric", "subject"],
    }
    return [*causes, worse]


def stream(seed: int, began: datetime) -> Stream:
    """Make waves of new alerts; a subject that is off its target may break in a later wave."""
    chance = random.Random(seed)  # noqa: S311 - not a secret
    standing: dict[Place, str] = {}
    known: set[Group] = set()
    waves = []
    for number in range(WAVES):
        at = began + timedelta(seconds=10 * number)
        wave: dict[Place, str] = {}
        while len(wave) < EACH:
            metric, subject = chance.choice(METRICS), chance.choice(SUBJECTS)
            kind = chance.choice(KINDS)
            before = standing.get((metric, subject))
            if before is None or (before == "off_target" and kind == "breached"):
                wave.setdefault((metric, subject), kind)
        for (metric, _), kind in list(wave.items()):
            group = (metric, kind, severity_of(metric, kind))
            if group not in known:
                known.add(group)
                # Of this metric alone, so that nothing is its cause.
                wave[metric, f"loud {metric} {kind}"] = kind
        standing |= wave
        waves.append(
            [
                reading(kind, at, metric_id=metric, subject=subject)
                for (metric, subject), kind in wave.items()
            ]
        )
    return waves


def as_alert(each: Reading, began: datetime) -> Alert:
    """Return a reading as Alertmanager is told of it."""
    labels = {
        "alertname": "anfl",
        "metric": each.metric_id,
        "kind": each.status,
        "severity": severity_of(each.metric_id, each.status),
        "subject": each.subject,
    }
    ends = datetime.now(UTC) + timedelta(hours=2)
    return {"labels": labels, "startsAt": began.isoformat(), "endsAt": ends.isoformat()}


def ours(waves: Stream, silenced: Silence) -> dict[Group, Members]:
    """Return the members of each incident when people were first told of it."""
    ways = our_policy()
    state = State({}, {}, ())
    state = silence(state, silenced, ways, now=silenced.made_at).state
    told: dict[Group, Members] = {}
    for wave in waves:
        now = wave[0].judged_at
        outcome = step(state, wave, ways, evaluator="metrics", now=now)
        for group, members in first_told(outcome).items():
            assert group not in told
            told[group] = members
        state = outcome.state
    return told


def first_told(outcome: Outcome) -> dict[Group, Members]:
    subjects: dict[int, set[str]] = defaultdict(set)
    for member in outcome.members:
        subjects[member.incident_id].add(member.key.subject)
    found: dict[Group, Members] = {}
    for notice in outcome.notices:
        if notice.reason == "first":
            message, number = from_json(notice.body), notice.incident_id or 0
            line = message.lines[0]
            found[line.metric_id, line.status, message.severity] = frozenset(subjects[number])
            assert message.firing_count == len(subjects[number])
    return found


def theirs(waves: Stream, folder: Path) -> dict[Group, Members]:
    """Return the members of each group when Alertmanager first told of it."""
    labels = ("metric", "kind", "severity")
    with alertmanager(folder, group_by=labels, inhibit_rules=their_rules()) as (running, receiver):
        now = datetime.now(UTC)
        made = {
            "matchers": [{"name": "subject", "value": "quiet-1.*", "isRegex": True}],
            "startsAt": now.isoformat(),
            "endsAt": (now + timedelta(hours=1)).isoformat(),
            "createdBy": "ana",
            "comment": "work",
        }
        running.post("silences", made)
        for wave in waves:
            running.post("alerts", [as_alert(each, datetime.now(UTC)) for each in wave])
            time.sleep(FIRST_WAIT_S)
        notifications = list(receiver.notifications)
    told = {
        tuple(each["groupLabels"][label] for label in labels): frozenset(
            alert["labels"]["subject"] for alert in each["alerts"]
        )
        for each in notifications
    }
    # One more than there are groups is a difference too.
    assert len(told) == len(notifications)
    return {(metric, kind, severity): who for (metric, kind, severity), who in told.items()}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_groups_and_their_members_are_alertmanagers_at_the_first_message(
    tmp_path: Path, seed: int
) -> None:
    began = datetime(2026, 3, 2, 12, tzinfo=UTC)
    waves = stream(seed, began)
    silenced = Silence(
        1, Match(subject="quiet-1*"), "ana", "work", began, began + timedelta(hours=1), began
    )
    found, wanted = ours(waves, silenced), theirs(waves, tmp_path)
    alerts = sum(map(len, waves))
    sys.stdout.write(
        f"\nseed {seed}: {alerts} alerts, {len(wanted)} groups with "
        f"{sum(map(len, wanted.values()))} members first told by Alertmanager, {len(found)} with "
        f"{sum(map(len, found.values()))} by ours\n"
    )
    assert found == wanted
    assert len(found) > len(METRICS)


def test_a_kill_makes_alertmanager_tell_again_and_us_not(tmp_path: Path) -> None:
    with alertmanager(tmp_path / "theirs", group_by=["metric"]) as (running, receiver):
        began = datetime.now(UTC)
        standing = [as_alert(reading("breached", began, metric_id=METRICS[0]), began)]
        for number in range(KILLS + 1):
            running.post("alerts", standing)
            time.sleep(FIRST_WAIT_S)
            if number < KILLS:
                running.kill()
                running.start()
        told_by_them = len(receiver.notifications)
    with providers() as sandbox:
        alerting = Alerting(tmp_path / "ours", sandbox)
        alerting.folder.mkdir()
        own = "metrics: {inference_latency: {for: 1 evaluation}}\n"
        (alerting.folder / "alerts.yaml").write_text(own)
        tell(alerting.folder, {"chat": "breached"})
        for _ in range(KILLS + 1):
            parts = both(alerting)
            sandbox.wait_for(3)
            time.sleep(FIRST_WAIT_S)
            kill(parts)
        told_by_us = len(sandbox.messages("pagerduty"))
    sys.stdout.write(
        f"\n{KILLS} kills under one alert: Alertmanager told {told_by_them} times, "
        f"we {told_by_us}\n"
    )
    assert told_by_them == KILLS + 1
    assert told_by_us == 1
