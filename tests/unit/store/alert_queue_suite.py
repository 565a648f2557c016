"""The outbox as a whole, in whichever database it is; run as `alert_state_suite` is."""

# ruff: noqa: D102 - a test's name is its sentence
from __future__ import annotations

from datetime import UTC, datetime, timedelta

from anfl_assets.deliver.message import Message, to_json
from anfl_assets.store.alerts.queue import ChannelTrouble
from anfl_assets.store.alerts.records import Notice, Reason, Target
from anfl_assets.store.alerts.store import AlertStore

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LEASE = timedelta(seconds=60)


def notice(
    key: str, severity: str = "critical", *, channel: str = "SMS", reason: Reason = "first"
) -> Notice:
    body = to_json(Message(reason, severity, NOW, key))
    return Notice(key, None, reason, Target(channel, "on_call"), NOW, body)


def held_up(store: AlertStore, now: datetime) -> list[str]:
    found = store.held_up(tries=3, before=now - timedelta(seconds=60), now=now, limit=9)
    return [each.send_key for each in found]


class QueueSuite:
    """Urgency, what is taken back, what is held up, what stands against whom."""

    def test_what_is_critical_goes_before_a_warning_and_that_before_information(
        self, store: AlertStore
    ) -> None:
        store.add(
            [notice("a", "information"), notice("b", "warning"), notice("c"), notice("d")], now=NOW
        )
        taken = [
            store.claim(NOW, channel="SMS", by="me", lease=LEASE, limit=1)[0].send_key
            for _ in range(4)
        ]
        assert taken == ["c", "d", "b", "a"]

    def test_since_when_the_oldest_waits_counts_what_could_be_claimed(
        self, store: AlertStore
    ) -> None:
        assert store.waiting_since(NOW) is None
        store.add([notice("a"), notice("b", channel="Email")], now=NOW)
        later = NOW + timedelta(minutes=9)
        assert store.waiting_since(NOW - LEASE) is None
        assert store.waiting_since(later) == NOW
        store.claim(NOW, channel="SMS", by="me", lease=timedelta(hours=1))
        store.pause("Email", later + LEASE, "429")
        assert store.waiting_since(later) is None

    def test_what_waits_is_taken_back_and_what_is_held_stays(self, store: AlertStore) -> None:
        store.add([notice("a"), notice("b")], now=NOW)
        (held,) = store.claim(NOW, channel="SMS", by="me", lease=LEASE, limit=1)
        (waits,) = store.queued("SMS")
        assert (held.send_key, waits.notice_id) == ("a", held.notice_id + 1)
        assert store.take_back({held.notice_id: "late", waits.notice_id: "late"}) == 1
        assert store.queued("SMS") == []
        found = store.notice(waits.notice_id)
        assert found is not None
        assert (found.state, found.error) == ("withdrawn", "late")

    def test_a_critical_message_is_held_up_a_minute_by_a_paused_channel_until_another_stands_in(
        self, store: AlertStore
    ) -> None:
        store.add([notice("a"), notice("b", "warning")], now=NOW)
        later = NOW + timedelta(seconds=61)
        assert held_up(store, later) == []
        store.pause("SMS", later + LEASE, "429")
        assert held_up(store, NOW) == []
        assert held_up(store, later) == ["a"]
        store.add([notice("a via SMS > Email", channel="Email")], now=later, fallback_of=1)
        assert held_up(store, later) == []

    def test_a_critical_message_is_held_up_after_three_failures(self, store: AlertStore) -> None:
        store.add([notice("a")], now=NOW)
        for number in range(3):
            assert held_up(store, NOW) == [], number
            (held,) = store.claim(NOW, channel="SMS", by="me", lease=LEASE)
            store.failed(held.notice_id, error="500", next_at=NOW, at=NOW)
        assert held_up(store, NOW) == ["a"]

    def test_a_channel_is_in_trouble_while_it_keeps_waiting_or_refuses_and_not_after_it_took_one(
        self, store: AlertStore
    ) -> None:
        store.add([notice("a"), notice("b"), notice("c")], now=NOW)
        assert store.troubles(NOW - timedelta(seconds=1)) == {}
        assert store.troubles(NOW) == {"SMS": ChannelTrouble("SMS", NOW)}
        for second, why in ((1, "no such number"), (2, "blocked")):
            (held,) = store.claim(NOW, channel="SMS", by="me", lease=LEASE, limit=1)
            store.refused(held.notice_id, error=why, at=NOW + timedelta(seconds=second))
        assert store.troubles(NOW) == {
            "SMS": ChannelTrouble("SMS", NOW, 2, NOW + timedelta(seconds=2), "blocked")
        }
        (held,) = store.claim(NOW, channel="SMS", by="me", lease=LEASE, limit=1)
        store.sent(held.notice_id, reference="x", at=NOW + timedelta(seconds=3))
        assert store.troubles(NOW) == {}

    def test_the_newest_proof_of_each_channel_is_found(self, store: AlertStore) -> None:
        store.add(
            [
                notice("old", reason="canary"),
                notice("new", reason="canary"),
                notice("mail", reason="canary", channel="Email"),
                notice("first"),
            ],
            now=NOW,
        )
        found = store.newest_by_channel("canary")
        assert {channel: each.send_key for channel, each in found.items()} == {
            "SMS": "new",
            "Email": "mail",
        }
