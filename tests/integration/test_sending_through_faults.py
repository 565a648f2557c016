"""Delivering while providers fail in every way they can: all arrives, nobody waits for another."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.integration.outbox_at_work import Post, now, open_post
from tests.integration.providers import Providers, providers

OF = {"PagerDuty": "pagerduty", "SMS": "twilio", "Slack": "slack", "Email": "smtp"}


@pytest.fixture
def sandbox() -> Iterator[Providers]:
    with providers() as running:
        yield running


@pytest.fixture
def post(tmp_path: Path, sandbox: Providers) -> Iterator[Post]:
    opened = open_post(tmp_path, sandbox)
    with opened.store:
        yield opened


def waited_s(sandbox: Providers, provider: str) -> float:
    first, *_, last = sandbox.attempts(provider)
    return (last.received_at - first.received_at).total_seconds()


def test_a_busy_broken_or_cut_provider_gets_everything_once_it_is_well(
    post: Post, sandbox: Providers
) -> None:
    sandbox.script("pagerduty", [{"status": 429, "retry_after": 3}])
    sandbox.script("twilio", [{"status": 503, "retry_after": 1}])
    sandbox.script("slack", [{"status": 500}])
    sandbox.script("smtp", [{"code": 451}])
    for channel in OF:
        post.put(channel)
    post.deliver_until(post.is_settled)
    assert set(post.states().values()) == {"sent"}
    sandbox.expect({"pagerduty": 1, "twilio": 1, "slack": 1, "smtp": 1})
    assert waited_s(sandbox, "pagerduty") >= 3
    assert len(sandbox.attempts("pagerduty")) == 2
    assert len(sandbox.attempts("twilio")) == 2


def test_a_provider_that_hangs_delays_no_other_and_what_it_took_without_a_word_has_one_key(
    post: Post, sandbox: Providers
) -> None:
    sandbox.script("pagerduty", [{"hang_s": 30}])
    sandbox.script("slack", [{"slow_body_s": 30}])
    sandbox.script("twilio", [{"accept_then_reset": True}, {"reset": True}])
    began = now()
    for channel in OF:
        post.put(channel)
    post.put("Email", incident_id=2)
    post.deliver_until(post.is_settled)
    assert set(post.states().values()) == {"sent"}
    sandbox.expect({"pagerduty": 1, "twilio": 2, "slack": 2, "smtp": 2})
    for provider in ("twilio", "slack"):
        assert len({each.draft.identity for each in sandbox.messages(provider)}) == 1
    for mail in sandbox.messages("smtp"):
        # Asked: 1 s; other tests run beside this one. The hang takes 10 s.
        assert mail.received_at - began <= timedelta(seconds=3)


def test_a_delivery_ends_in_time_though_a_channel_hangs_and_no_second_worker_joins_it(
    post: Post, sandbox: Providers
) -> None:
    sandbox.script("pagerduty", [{"hang_s": 30}])
    post.put("PagerDuty")
    post.put("PagerDuty", incident_id=2)
    for _ in range(3):
        began = time.monotonic()
        report = post.delivery().stay(0.3)
        assert report.busy == ("PagerDuty",)
        assert time.monotonic() - began < 2
    assert len(sandbox.attempts("pagerduty")) <= 1


def test_what_is_refused_for_good_is_told_elsewhere_and_seen(
    post: Post, sandbox: Providers
) -> None:
    sandbox.script("pagerduty", [{"status": 401}])
    sandbox.script("twilio", [{"status": 400}])
    sandbox.script("smtp", [{"code": 550}])
    key = post.put("PagerDuty", severity="critical")
    post.deliver_until(post.is_settled)
    assert post.states() == {
        key: "refused",
        f"{key} via PagerDuty > SMS": "refused",
        f"{key} via PagerDuty > SMS > Email": "refused",
        f"{key} via PagerDuty > SMS > Email > Slack": "sent",
    }
    sandbox.expect({"slack": 1})
    assert "Email did not take this" in str(sandbox.messages("slack")[0].draft.fields)
    assert {each.target.channel for each in post.store.refused_since(now() - timedelta(1))} == {
        "PagerDuty",
        "SMS",
        "Email",
    }
