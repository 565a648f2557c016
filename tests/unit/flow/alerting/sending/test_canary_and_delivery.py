"""The daily proof of each channel, and how delivering alerts on itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from anfl_assets.deliver.message import Message, from_json, to_json
from anfl_assets.flow.alerting.sending.canary import enqueue_canary, last_canary
from anfl_assets.flow.alerting.sending.delivery_health import delivery_readings, judge_delivery
from anfl_assets.flow.alerting.settings import Settings, load_settings
from anfl_assets.store.alerts.records import Notice, Target
from anfl_assets.store.alerts.store import AlertStore, open_alerts
from anfl_assets.store.workspace import Workspace

SANDBOX = {"ANFL_SANDBOX_URL": "http://127.0.0.1:1", "ANFL_SANDBOX_SMTP": "127.0.0.1:1"}
EVERY = ["Dashboard", "Email", "PagerDuty", "SMS", "Slack"]
SEVEN = datetime(2026, 11, 23, 7, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LEASE = timedelta(seconds=60)


@pytest.fixture
def store(with_alerts: Workspace) -> Iterator[AlertStore]:
    with open_alerts(with_alerts) as opened:
        yield opened


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(Workspace(tmp_path), SANDBOX)


def alive(store: AlertStore, *moments: datetime) -> None:
    for moment in moments:
        with store.transaction() as transaction:
            transaction.beat("delivery", moment)


def send(store: AlertStore, channel: str, at: datetime) -> None:
    (row,) = store.claim(at, channel=channel, by="me", lease=LEASE)
    store.sent(row.notice_id, reference="receipt", at=at)


def put(store: AlertStore, channel: str, at: datetime) -> None:
    body = to_json(Message("first", "critical", at, "i"))
    target = Target(channel, "on_call")
    store.add([Notice(f"{channel}/{at}", 1, "first", target, at, body)], now=at)


def test_each_channel_has_one_proof_a_day_at_five_past_seven(
    store: AlertStore, settings: Settings
) -> None:
    alive(store, SEVEN + 4 * MINUTE, SEVEN + 5 * MINUTE)
    assert enqueue_canary(settings, store, SEVEN + 4 * MINUTE) == 0
    assert enqueue_canary(settings, store, SEVEN + 5 * MINUTE) == 5
    assert enqueue_canary(settings, store, SEVEN + 6 * MINUTE) == 0
    assert enqueue_canary(settings, store, SEVEN + timedelta(days=1, hours=3)) == 5
    proofs = last_canary(store)
    assert list(proofs) == EVERY
    assert proofs["SMS"].due_at == SEVEN + timedelta(days=1, minutes=5)


def test_the_proof_is_of_no_incident_and_goes_to_the_watchers_contact(
    store: AlertStore, settings: Settings
) -> None:
    alive(store, SEVEN + 5 * MINUTE)
    enqueue_canary(settings, store, SEVEN + 5 * MINUTE)
    for row in store.waiting():
        message = from_json(row.body)
        assert (row.incident_id, row.target.recipient) == (None, "on_call")
        assert (message.reason, message.severity) == ("canary", "information")
        assert message.lines == ()


def test_who_starts_at_noon_hears_of_the_first_proof_next_morning(
    store: AlertStore, settings: Settings
) -> None:
    noon = SEVEN + timedelta(hours=5)
    alive(store, noon)
    assert enqueue_canary(settings, store, noon) == 0
    alive(store, SEVEN + timedelta(days=1, minutes=5))
    assert enqueue_canary(settings, store, SEVEN + timedelta(days=1, minutes=6)) == 5


def test_a_proof_without_receipt_after_ten_minutes_is_a_breach_of_that_channel_only(
    store: AlertStore, settings: Settings
) -> None:
    at = SEVEN + 5 * MINUTE
    alive(store, at)
    enqueue_canary(settings, store, at)
    for channel in EVERY:
        if channel != "SMS":
            send(store, channel, at)
    before = delivery_readings(EVERY, store, at + 9 * MINUTE)
    assert {each.status for each in before} == {"on_target"}
    after = delivery_readings(EVERY, store, at + 10 * MINUTE)
    assert [each.subject for each in after if each.status == "breached"] == ["SMS"]
    (sms,) = (each for each in after if each.subject == "SMS")
    assert sms.since == at
    assert "its proof of 2026-11-23 07:05 UTC has no receipt" in sms.detail
    send(store, "SMS", at + 11 * MINUTE)
    assert {each.status for each in delivery_readings(EVERY, store, at + 12 * MINUTE)} == {
        "on_target"
    }


def test_a_channel_that_refused_what_it_was_given_last_is_breached_until_it_takes_something(
    store: AlertStore,
) -> None:
    put(store, "Slack", SEVEN)
    (row,) = store.claim(SEVEN, channel="Slack", by="me", lease=LEASE)
    store.refused(row.notice_id, error="invalid_auth", at=SEVEN)
    (slack,) = delivery_readings(["Slack"], store, SEVEN + MINUTE)
    assert (slack.status, slack.value, slack.grain) == ("breached", 1.0, "proof")
    assert slack.detail == "it refused 1 message, the last with: invalid_auth"
    put(store, "Slack", SEVEN + MINUTE)
    send(store, "Slack", SEVEN + MINUTE)
    (slack,) = delivery_readings(["Slack"], store, SEVEN + 2 * MINUTE)
    assert slack.status == "on_target"


def test_what_is_due_and_does_not_go_out_for_ten_minutes_is_a_breach(store: AlertStore) -> None:
    put(store, "Slack", SEVEN)
    (early,) = delivery_readings(["Slack"], store, SEVEN + 9 * MINUTE)
    (late,) = delivery_readings(["Slack"], store, SEVEN + 10 * MINUTE)
    assert (early.status, late.status) == ("on_target", "breached")
    assert late.detail == "nothing went out for 10 min though it was due"


def test_a_dead_channel_opens_an_incident_that_is_told_over_the_others_and_ends(
    store: AlertStore, settings: Settings
) -> None:
    judge_delivery(settings, store, SEVEN)
    assert store.open_incidents() == []
    put(store, "PagerDuty", SEVEN)
    judge_delivery(settings, store, SEVEN + 10 * MINUTE)
    (incident,) = store.open_incidents()
    told = {row.target.channel for row in store.notices(incident.incident_id)}
    assert told >= {"SMS", "Email"}
    send(store, "PagerDuty", SEVEN + 11 * MINUTE)
    judge_delivery(settings, store, SEVEN + 12 * MINUTE)
    assert store.open_incidents() == []


def test_a_channel_that_refuses_is_proved_again_each_hour_until_it_takes_something(
    store: AlertStore, settings: Settings
) -> None:
    eight = SEVEN + timedelta(hours=1)
    put(store, "Slack", eight)
    for hour in range(3):
        at = eight + timedelta(hours=hour)
        (row,) = store.claim(at, channel="Slack", by="me", lease=LEASE)
        store.refused(row.notice_id, error="invalid_auth", at=at)
        assert enqueue_canary(settings, store, at + 59 * MINUTE) == 0
        assert enqueue_canary(settings, store, at + 60 * MINUTE) == 1
        assert enqueue_canary(settings, store, at + 61 * MINUTE) == 0
    send(store, "Slack", eight + timedelta(hours=3))
    assert enqueue_canary(settings, store, eight + timedelta(hours=5)) == 0


def test_a_sender_that_was_down_itself_blames_no_channel_for_what_waited_meanwhile(
    store: AlertStore, settings: Settings
) -> None:
    alive(store, SEVEN - timedelta(hours=1))
    put(store, "Slack", SEVEN)
    began = SEVEN + 30 * MINUTE
    alive(store, began)
    judge_delivery(settings, store, began)
    assert store.open_incidents() == []
    # Nor does a restart end what stood before it.
    (slack,) = delivery_readings(["Slack"], store, began)
    assert slack.status == "insufficient"
    alive(store, *(began + minute * MINUTE for minute in range(1, 11)))
    (slack,) = delivery_readings(["Slack"], store, began + 10 * MINUTE)
    assert slack.status == "breached"
