"""What the outbox must hold to, in whichever database it is; run as `alert_state_suite` is."""

# ruff: noqa: D102 - a test's name is its sentence
from __future__ import annotations

import threading

from anfl_assets.store.alerts.receipts import Attempt
from anfl_assets.store.alerts.records import Target, Withdrawal
from anfl_assets.store.alerts.store import AlertStore
from tests.unit.store.alert_records import MAIL, NOW, at, incident, notice, outcome
from tests.unit.store.alert_state_suite import LEASE, hold_and_send, keep

SLACK = Target("Slack", "#ml")


def held(store: AlertStore, minutes: float = 0, channel: str = "PagerDuty") -> list[str]:
    """Claim what is due on a channel, and return its keys."""
    due = store.claim(at(minutes), channel=channel, by="a", lease=LEASE)
    return [each.send_key for each in due]


class OutboxSuite:
    """Claiming, sending and how channels fare."""

    def test_what_is_due_is_claimed_oldest_first_and_once(self, store: AlertStore) -> None:
        made = [notice(str(number), incident_id=number) for number in (3, 1, 2)]
        store.add(made, now=NOW)
        due = store.claim(NOW, channel="PagerDuty", by="a", lease=LEASE, limit=2)
        assert [(each.send_key, each.state, each.attempts) for each in due] == [
            ("3", "claimed", 1),
            ("1", "claimed", 1),
        ]
        assert due == [store.notice(1), store.notice(2)]
        assert held(store) == ["2"]
        assert held(store) == []

    def test_nothing_is_claimed_before_its_time_or_on_another_channel(
        self, store: AlertStore
    ) -> None:
        store.add([notice("1", not_before=at(5)), notice("2", target=MAIL)], now=NOW)
        assert store.due_channels(NOW) == {"Email"}
        assert (held(store, 4), held(store, 5)) == ([], ["1"])

    def test_a_later_message_of_an_incident_never_overtakes_an_earlier_one(
        self, store: AlertStore
    ) -> None:
        recovery = notice("2", reason="recovery")
        store.add([notice("1"), recovery, notice("3", target=SLACK)], now=NOW)
        assert held(store) == ["1"]
        assert held(store) == []
        store.failed(1, error="503", next_at=at(2), at=NOW)
        assert (held(store, 1), store.due_channels(at(1))) == ([], {"Slack"})
        assert held(store, 2) == ["1"]
        store.sent(1, reference="r", at=at(2))
        assert held(store, 2) == ["2"]

    def test_a_refused_message_lets_the_next_one_through(self, store: AlertStore) -> None:
        store.add([notice("1"), notice("2")], now=NOW)
        held(store)
        store.refused(1, error="no such service", at=NOW)
        assert held(store) == ["2"]

    def test_a_crash_between_claim_and_sent_gives_the_message_back_after_the_lease(
        self, store: AlertStore
    ) -> None:
        store.add([notice("1")], now=NOW)
        assert held(store) == ["1"]
        assert held(store, 0.9) == []
        [again] = store.claim(at(1), channel="PagerDuty", by="b", lease=LEASE)
        store.sent(again.notice_id, reference="r", at=at(1))
        assert again.attempts == 2
        assert [(each.number, each.outcome) for each in store.attempts(1)] == [
            (1, "unknown"),
            (2, "sent"),
        ]

    def test_a_sender_that_wakes_up_late_does_not_undo_what_another_did(
        self, store: AlertStore
    ) -> None:
        store.add([notice("1")], now=NOW)
        held(store)
        held(store, 5)
        store.sent(1, reference="r", at=at(5))
        store.failed(1, error="timed out", next_at=at(9), at=at(6))
        store.refused(1, error="timed out", at=at(6))
        found = store.notice(1)
        assert found is not None
        assert (found.state, found.reference, found.error) == ("sent", "r", None)
        assert store.channel_states()["PagerDuty"].consecutive_failures == 0

    def test_two_senders_never_take_the_same_message(self, store: AlertStore) -> None:
        count = 40
        store.add([notice(str(each), incident_id=each) for each in range(count)], now=NOW)
        taken: list[str] = []
        start = threading.Barrier(4)

        def send() -> None:
            start.wait()
            while due := store.claim(NOW, channel="PagerDuty", by="a", lease=LEASE, limit=3):
                taken.extend(each.send_key for each in due)

        senders = [threading.Thread(target=send) for _ in range(4)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        assert sorted(taken) == sorted(str(each) for each in range(count))

    def test_digests_are_claimed_whole_and_by_themselves(self, store: AlertStore) -> None:
        collected = [notice(str(each), target=MAIL, is_digest=True) for each in range(3)]
        other = notice("other", target=Target("Email", "ml"), is_digest=True, not_before=at(60))
        store.add([*collected, other, notice("page", target=MAIL)], now=NOW)
        assert store.due_digests(NOW) == [MAIL]
        assert held(store, channel="Email") == ["page"]
        due = store.claim_digest(NOW, target=MAIL, by="a", lease=LEASE)
        assert [each.send_key for each in due] == ["0", "1", "2"]
        store.sent(*(each.notice_id for each in due), reference="one mail", at=NOW)
        assert store.due_digests(at(60)) == [Target("Email", "ml")]
        assert {each.reference for each in store.notices(1) if each.sent_at} == {"one mail"}

    def test_attempts_are_written_down_one_by_one(self, store: AlertStore) -> None:
        store.add([notice("1")], now=NOW)
        held(store)
        store.failed(1, error="busy", next_at=at(1), at=NOW, http_status=429)
        held(store, 1)
        store.sent(1, reference="msg-7", detail="accepted", at=at(1))
        assert store.attempts(1) == [
            Attempt(1, 1, NOW, "failed", "busy", None, None, 429),
            Attempt(1, 2, at(1), "sent", None, "msg-7", "accepted", None),
        ]

    def test_no_user_of_a_url_stays_in_what_went_wrong(self, store: AlertStore) -> None:
        store.add([notice("1")], now=NOW)
        held(store)
        store.refused(1, error="https://me:canary@hook.example/x said no", at=NOW)
        shown = f"{store.refused_since(NOW)} {store.attempts(1)} {store.channel_states()}"
        assert "said no" in shown
        assert "canary" not in shown

    def test_a_fallback_names_what_it_stands_in_for(self, store: AlertStore) -> None:
        store.add([notice("1")], now=NOW)
        store.add([notice("2", target=MAIL)], now=NOW, fallback_of=1)
        assert [each.fallback_of for each in store.waiting()] == [None, 1]

    def test_what_receipts_said_comes_together_for_the_next_message(
        self, store: AlertStore
    ) -> None:
        made = [notice("1", target=SLACK), notice("2", target=SLACK), notice("3", target=MAIL)]
        store.add(made, now=NOW)
        for minute, said in ((0, {"channel": "C1", "ts": "1.0"}), (1, {"ts": "2.0"})):
            [due] = store.claim(at(minute), channel="Slack", by="a", lease=LEASE)
            store.sent(due.notice_id, reference="r", thread=said, at=at(minute))
        assert store.thread(1, SLACK) == {"channel": "C1", "ts": "2.0"}
        assert (store.thread(1, MAIL), store.thread(None, SLACK)) == ({}, {})

    def test_a_paused_channel_gives_nothing_out_and_others_do(self, store: AlertStore) -> None:
        store.add([notice("1"), notice("2", target=MAIL)], now=NOW)
        store.pause("PagerDuty", at(3), "429: Retry-After 180")
        assert (store.due_channels(NOW), held(store)) == ({"Email"}, [])
        state = store.channel_states()["PagerDuty"]
        assert (state.paused_until, state.paused_why) == (at(3), "429: Retry-After 180")
        assert held(store, 3) == ["1"]

    def test_how_a_channel_fares_is_known(self, store: AlertStore) -> None:
        store.add([notice("1")], now=NOW)
        for minute in (0, 1):
            held(store, minute)
            store.failed(1, error=f"503 at {minute}", next_at=at(minute + 1), at=at(minute))
        store.pause("PagerDuty", at(2), "twice")
        state = store.channel_states()["PagerDuty"]
        assert (state.consecutive_failures, state.last_error) == (2, "503 at 1")
        assert hold_and_send(store, "PagerDuty", 2) == [1]
        state = store.channel_states()["PagerDuty"]
        assert (state.consecutive_failures, state.last_ok_at) == (0, at(2))
        assert (state.last_error_at, state.paused_until) == (at(1), at(2))

    def test_when_something_is_due_next_reckons_with_pauses_leases_and_order(
        self, store: AlertStore
    ) -> None:
        assert store.next_due_at(NOW) is None
        store.add([notice("1", not_before=at(9)), notice("2")], now=NOW)
        assert store.next_due_at(NOW) == at(9)
        store.add([notice("3", target=MAIL)], now=NOW)
        assert store.next_due_at(NOW) == NOW
        store.pause("Email", at(4), "busy")
        assert store.next_due_at(NOW) == at(4)
        store.claim(at(4), channel="Email", by="a", lease=LEASE)
        assert store.next_due_at(at(4)) == at(5)

    def test_the_dashboard_shows_what_was_sent_to_it_newest_first(self, store: AlertStore) -> None:
        board = Target("Dashboard", "owner")
        made = [notice(str(each), incident_id=each, target=board) for each in range(3)]
        store.add([*made, notice("page")], now=NOW)
        assert store.feed() == []
        hold_and_send(store, "Dashboard")
        assert [each.send_key for each in store.feed(limit=2)] == ["2", "1"]

    def test_a_claim_waits_for_a_step_and_sees_what_it_took_back(self, store: AlertStore) -> None:
        keep(store, outcome(incidents=(incident(),), notices=(notice("1"),)))
        taken: list[str] = []
        with store.transaction() as transaction:
            sender = threading.Thread(target=lambda: taken.extend(held(store)))
            sender.start()
            sender.join(timeout=0.05)
            assert transaction.state(NOW).incidents[1].told == ()
            over = Withdrawal(1, ("first",), "it is over")
            transaction.keep(outcome(withdrawals=(over,)), now=NOW)
        sender.join()
        assert taken == []
