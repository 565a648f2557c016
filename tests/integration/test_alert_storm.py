"""Ten thousand subjects break within a minute of one cause: a handful of pages, none forgotten."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from anfl_assets.alert.pipeline import step
from anfl_assets.deliver.message import from_json
from anfl_assets.deliver.sandboxed import sandbox_channels
from anfl_assets.flow.alerting.sending.delivery import open_delivery
from anfl_assets.flow.alerting.settings import load_settings
from anfl_assets.store.alerts.records import Outcome, Reading
from tests.integration.alerting_at_work import Alerting, after, latency
from tests.integration.providers import Providers, providers

SUBJECTS = [f"service-{number:05}" for number in range(10_000)]
WAVES = 4
MOST_PAGES, FIRST_PAGE_WITHIN_S = 5, 30.0
INHIBIT = """\
inhibit:
  - name: gateway
    cause: {metric: uptime, subject: gateway}
    effect: {metric: inference_latency}
    equal: []
"""


class Storm:
    """Waves of judgements through the store, while the sending engine sends beside them."""

    def __init__(self, alerting: Alerting) -> None:
        """Read the policy once, as an evaluator that is kept open does."""
        self.alerting = alerting
        self.policy = load_settings(alerting.workspace, alerting.variables).policy
        self.now = after(0)
        self.outcomes: list[Outcome] = []

    @contextmanager
    def sending(self) -> Iterator[None]:
        """Send beside what is done inside."""
        over = threading.Event()
        channels = sandbox_channels(self.alerting.variables, lambda: self.now)

        def send() -> None:
            with self.alerting.store() as store:
                while not over.is_set():
                    open_delivery(channels, store, clock=lambda: self.now, by="test").stay(0.2)

        sender = threading.Thread(target=send)
        sender.start()
        try:
            yield
        finally:
            over.set()
            sender.join()
        self.alerting.send(self.now)

    def judge(self, at: datetime, readings: Sequence[Reading]) -> None:
        """Let the judge say what stands."""
        self.now = at
        with self.alerting.store() as store, store.transaction() as held:
            outcome = step(held.state(at), readings, self.policy, evaluator="metrics", now=at)
            held.keep(outcome, now=at)
        self.outcomes.append(outcome)

    def break_in_waves(self, *causes: Reading) -> None:
        """Break all subjects within a minute, the next ones in each wave."""
        size = len(SUBJECTS) // WAVES + 1
        for wave in range(WAVES):
            at = after(0) + wave * timedelta(seconds=60 / WAVES)
            broken = SUBJECTS[: (wave + 1) * size]
            self.judge(at, [*causes, *(latency("breached", at, each) for each in broken)])


@pytest.fixture
def sandbox() -> Iterator[Providers]:
    with providers() as running:
        yield running


@pytest.fixture
def alerting(tmp_path: Path, sandbox: Providers) -> Alerting:
    return Alerting(tmp_path, sandbox)


def gateway(status: str, at: datetime) -> Reading:
    """Whether the gateway is up."""
    made = latency(status, at, "gateway")
    return replace(made, metric_id="uptime", unit="pct", target=99.9, threshold=99.5)


def pages(sandbox: Providers) -> Counter[str]:
    """What reached people, by provider."""
    return Counter(each.provider for each in sandbox.messages())


def test_ten_thousand_subjects_of_one_metric_are_one_incident_with_all_of_them_in_it(
    alerting: Alerting, sandbox: Providers
) -> None:
    storm = Storm(alerting)
    began = time.monotonic()
    with storm.sending():
        storm.break_in_waves()
        first = sandbox.wait_for(1, provider="pagerduty")[0]
    assert time.monotonic() - began < FIRST_PAGE_WITHIN_S
    assert first.draft.action == "trigger"
    assert pages(sandbox) == {"pagerduty": 1, "twilio": 1, "smtp": 1}
    with alerting.store() as store:
        [incident] = store.open_incidents()
        assert incident.member_count == len(SUBJECTS)
        assert {each.key.subject for each in store.members(1)} == {*SUBJECTS}
    # Those that joined since are told of together, with the repeat at the response time.
    later = after(5)
    with storm.sending():
        storm.judge(later, [latency("breached", later, each) for each in SUBJECTS])
    told = [from_json(each.body) for each in alerting.notices() if each.reason == "repeat"]
    assert [each.line_count for each in told] == [len(SUBJECTS)] * 3
    assert all(len(each.lines) <= MOST_PAGES * 2 for each in told)


def test_what_a_cause_explains_is_held_back_counted_and_ends_with_one_recovery(
    alerting: Alerting, sandbox: Providers
) -> None:
    (alerting.folder / "alerts.yaml").write_text(INHIBIT)
    storm = Storm(alerting)
    with storm.sending():
        storm.break_in_waves(gateway("breached", after(0)))
        assert sandbox.wait_for(1, provider="pagerduty")
    assert sum(pages(sandbox).values()) <= MOST_PAGES
    assert pages(sandbox) == {"pagerduty": 1, "twilio": 1, "smtp": 1}
    logged = [each for outcome in storm.outcomes for each in outcome.decisions]
    inhibited = {each.condition for each in logged if each.verdict == "inhibited"}
    assert {each.subject for each in inhibited if each} == {*SUBJECTS}
    with alerting.store() as store:
        held_back = [each for each in store.conditions() if each.verdict == "inhibited"]
        assert len(held_back) == len(SUBJECTS)
        assert {each.incident_id for each in held_back} == {None}
    # The next message counts them.
    with storm.sending():
        storm.judge(after(5), [gateway("breached", after(5))])
    repeat = next(each for each in alerting.notices() if each.reason == "repeat")
    assert from_json(repeat.body).suppressed_count == len(SUBJECTS)
    before = pages(sandbox)
    with storm.sending():
        well = [latency("on_target", after(6), each) for each in SUBJECTS]
        storm.judge(after(6), [gateway("on_target", after(6)), *well])
    assert pages(sandbox) - before == {"pagerduty": 1, "twilio": 1, "smtp": 1}
    with alerting.store() as store:
        assert store.open_incidents() == []
        assert store.waiting() == []
        assert {each.phase for each in store.conditions()} == {"rest"}
