"""Alerting is killed at each crash point and at random moments; nothing is lost, one key a message.

Not part of `make test`: it takes minutes. `ANFL_CAMPAIGN_KILLS` says how often (default 50 a point
and 50 at random moments).
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest

from anfl_assets.deliver.message import from_json
from anfl_assets.errors import UnknownIncident
from anfl_assets.flow.alerting.sending.delivery import open_delivery
from tests.integration.alerting_at_work import PROVIDER_OF, START, Alerting
from tests.integration.alerting_process import BEGAN, READY, clock_of, tell
from tests.integration.outbox_at_work import now, open_post
from tests.integration.providers import Providers, providers
from tests.integration.test_sending_and_dying import AFTER_THE_LEASE, ended, sender

KILLS = int(os.environ.get("ANFL_CAMPAIGN_KILLS", "50"))
CHANNELS = ("PagerDuty", "SMS", "Slack", "Email")
_PROJECT = Path(__file__).parents[2]
# Under load: a virtual minute is six seconds, so that leases and deadlines come to pass.
SPEED = 10.0
LONGEST_S = 5.0
SETTLED_WITHIN_S = 180.0
SUBJECTS = tuple(f"service-{number}" for number in range(30))
OWN_WAYS = """\
group_by: [metric, subject]
metrics: {inference_latency: {for: 1 evaluation}}
flapping: {clears: 100, within: 1 hour, calm: 30 minutes}
routes: [{name: quick, match: {severity: critical}, channels: [PagerDuty, Email]}]
"""


@pytest.fixture
def sandbox() -> Iterator[Providers]:
    with providers() as running:
        yield running


@pytest.mark.parametrize(
    ("point", "duplicates"),
    [("alerts_before_send", 0), ("alerts_after_send", KILLS), ("alerts_after_commit", 0)],
)
def test_a_kill_at_a_crash_point_loses_nothing_and_doubles_at_most_what_was_in_its_hands(
    tmp_path: Path, sandbox: Providers, point: str, duplicates: int
) -> None:
    def kill(number: int) -> str:
        channel = CHANNELS[number % len(CHANNELS)]
        post = open_post(tmp_path / str(number), sandbox)
        with post.store:
            key = post.put(channel, incident_id=number)
            killed = sender(post, sandbox, crash_at=point)
            assert ended(killed) == -signal.SIGKILL
            late = timedelta(seconds=AFTER_THE_LEASE)
            open_delivery(post.channels, post.store, clock=lambda: now() + late, by="next").once()
            return post.states()[key]

    with ThreadPoolExecutor(2) as pool:
        states = list(pool.map(kill, range(KILLS)))
    arrived = Counter((each.provider, each.draft.identity) for each in sandbox.messages())
    lost, doubled = KILLS - len(arrived), sum(arrived.values()) - len(arrived)
    sys.stdout.write(f"\n{point}: n={KILLS} lost={lost} dup={doubled}\n")
    assert set(states) == {"sent"}
    assert (lost, doubled) == (0, duplicates)
    assert max(arrived.values()) <= 1 + (duplicates > 0)


Part = Literal["evaluate", "send"]


@dataclass
class Load:
    """Subjects that break and recover at random, and a person who acknowledges at random."""

    alerting: Alerting
    chance: random.Random
    statuses: dict[str, str] = field(default_factory=lambda: dict.fromkeys(SUBJECTS, "on_target"))
    over: threading.Event = field(default_factory=threading.Event)
    acknowledged: int = 0

    def run(self) -> None:
        """Go on until it is over; then all is well."""
        clock = clock_of(self.alerting.folder, START, SPEED)
        while not self.over.wait(0.5):
            for subject in self.chance.sample(SUBJECTS, 3):
                is_well = self.statuses[subject] == "on_target"
                self.statuses[subject] = "breached" if is_well else "on_target"
            tell(self.alerting.folder, self.statuses)
            with self.alerting.store() as store:
                numbers = [each.incident_id for each in store.open_incidents()]
            if numbers and self.chance.random() < 0.5:
                try:
                    self.alerting.acknowledge(clock(), self.chance.choice(numbers))
                    self.acknowledged += 1
                except UnknownIncident:
                    continue  # over in the meantime
        tell(self.alerting.folder, dict.fromkeys(SUBJECTS, "on_target"))


def start(alerting: Alerting, part: Part) -> subprocess.Popen[bytes]:
    where = [str(alerting.folder), START.isoformat(), str(SPEED), "3600"]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.integration.alerting_process", part, *where],
        cwd=_PROJECT,
        env={**os.environ, **alerting.variables},
        stdout=subprocess.PIPE,
    )


def both(alerting: Alerting) -> list[subprocess.Popen[bytes]]:
    """Start an evaluator and a sender; return when they have begun."""
    parts = [start(alerting, "evaluate"), start(alerting, "send")]
    for each in parts:
        assert each.stdout is not None
        assert each.stdout.readline().decode().strip() == READY
    return parts


def kill(parts: list[subprocess.Popen[bytes]]) -> None:
    for each in parts:
        each.send_signal(signal.SIGKILL)
    for each in parts:
        each.communicate()
    # Died of the kill, not of something else before it.
    assert [each.returncode for each in parts] == [-signal.SIGKILL] * len(parts)


@contextmanager
def at_work(load: Load) -> Iterator[None]:
    """Keep up the load while something is done."""
    driver = threading.Thread(target=load.run)
    driver.start()
    try:
        yield
    finally:
        load.over.set()
        driver.join()


def wait_until_calm(alerting: Alerting) -> None:
    """Wait until nothing is open and nothing waits to be sent: then no deadline is left either."""
    ends = time.monotonic() + SETTLED_WITHIN_S
    with alerting.store() as store:
        while store.waiting() or store.open_incidents():
            assert time.monotonic() < ends, (store.waiting(), store.open_incidents())
            time.sleep(0.5)


@dataclass(frozen=True)
class Found:
    """What was sent by our own account, what arrived, and what may have been sent twice."""

    sent: Counter[tuple[str, str]]
    unknown: Counter[tuple[str, str]]
    arrived: Counter[tuple[str, str]]
    recovered: Counter[tuple[str, str]]


def found(alerting: Alerting) -> Found:
    """Count messages by provider and incident key; canaries and such are of keys of their own."""
    sent: Counter[tuple[str, str]] = Counter()
    unknown: Counter[tuple[str, str]] = Counter()
    recovered: Counter[tuple[str, str]] = Counter()
    keys: dict[str, str] = {}
    for notice in alerting.notices():
        message, outcomes = from_json(notice.body), alerting.outcomes(notice)
        assert notice.state in ("sent", "withdrawn"), notice
        keys[str(notice.incident_id)] = message.dedup_key
        of = (PROVIDER_OF[notice.target.channel], message.dedup_key)
        sent[of] += notice.state == "sent"
        recovered[of] += notice.state == "sent" and notice.reason == "recovery"
        unknown[of] += outcomes.count("unknown")
    arrived: Counter[tuple[str, str]] = Counter()
    for each in alerting.providers.messages():
        key = each.draft.key if each.provider == "pagerduty" else keys[each.draft.incident_id or ""]
        assert key in keys.values(), each
        arrived[each.provider, key] += 1
    return Found(sent, unknown, arrived, recovered)


def test_random_kills_of_evaluator_and_sender_under_load_leave_nobody_untold_and_nothing_stuck(
    tmp_path: Path, sandbox: Providers
) -> None:
    alerting = Alerting(tmp_path, sandbox)
    (tmp_path / "alerts.yaml").write_text(OWN_WAYS)
    (tmp_path / BEGAN).touch()
    chance = random.Random(2411)  # noqa: S311 - kills need no secrecy
    load = Load(alerting, random.Random(1624))  # noqa: S311
    tell(tmp_path, load.statuses)
    with at_work(load):
        for _ in range(KILLS):
            parts = both(alerting)
            time.sleep(chance.uniform(0, LONGEST_S))
            kill(parts)
    parts = both(alerting)
    wait_until_calm(alerting)
    kill(parts)
    result = found(alerting)
    lost = sum(max(0, n - result.arrived[of]) for of, n in result.sent.items())
    doubled = sum(max(0, n - result.sent[of]) for of, n in result.arrived.items())
    sys.stdout.write(
        f"\nrandom moments: n={KILLS} lost={lost} dup={doubled} "
        f"messages={sum(result.sent.values())} told={len({key for _, key in +result.sent})} "
        f"acknowledged={load.acknowledged}\n"
    )
    assert sum(result.sent.values()) > 2 * KILLS
    assert lost == 0
    for of, arrived in result.arrived.items():
        assert arrived <= result.sent[of] + result.unknown[of], of
    # Whoever was told heard once that it is over; whoever was not heard nothing.
    assert all(result.recovered[of] == 1 for of, n in result.sent.items() if n)
    assert doubled <= 2 * KILLS
