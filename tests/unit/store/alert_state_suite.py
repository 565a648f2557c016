"""What the state of alerting must hold to, in whichever database it is.

Run by `test_alerts_in_sqlite.py` and `test_alerts_in_postgresql.py` of `tests/integration`.
"""

# ruff: noqa: D102 - a test's name is its sentence
from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from anfl_assets.errors import UnknownIncident
from anfl_assets.store.alerts.beats import Span
from anfl_assets.store.alerts.records import (
    Condition,
    ConditionKey,
    Deadline,
    Decision,
    Incident,
    Match,
    Member,
    Outcome,
    Silence,
    Withdrawal,
)
from anfl_assets.store.alerts.store import AlertStore
from tests.unit.store.alert_records import (
    CONDITIONS,
    DECISIONS,
    INCIDENTS,
    MAIL,
    MEMBERS,
    NOTHING,
    NOW,
    PAGER,
    SILENCES,
    at,
    condition,
    incident,
    notice,
    outcome,
    reading,
)

LEASE = timedelta(minutes=1)
# One class for each database, and examples that leave nothing in the way of the next.
_MEANT = [HealthCheck.function_scoped_fixture, HealthCheck.differing_executors]
EACH = settings(max_examples=10, deadline=None, suppress_health_check=_MEANT)
SILENCE = Silence(0, Match(subject="gpu-*"), "ada", "a move", NOW, at(60), NOW)


def keep(store: AlertStore, kept: Outcome, minutes: float = 0) -> None:
    """Keep an outcome in a transaction of its own."""
    with store.transaction() as transaction:
        transaction.keep(kept, now=at(minutes))


def opened(store: AlertStore, minutes: float = 0) -> dict[int, Incident]:
    """Return the open incidents as a step sees them."""
    with store.transaction() as transaction:
        return dict(transaction.state(at(minutes)).incidents)


def hold_and_send(store: AlertStore, channel: str, minutes: float = 0) -> list[int]:
    """Send what is due on a channel."""
    held = store.claim(at(minutes), channel=channel, by="a", lease=LEASE)
    for each in held:
        store.sent(each.notice_id, reference=f"r{each.notice_id}", at=at(minutes))
    return [each.notice_id for each in held]


class StateSuite:
    """Loading, keeping and reading."""

    @given(st.lists(CONDITIONS, max_size=4, unique_by=lambda each: each.key))
    @EACH
    def test_any_conditions_come_back_as_they_were(
        self, store: AlertStore, conditions: list[Condition]
    ) -> None:
        keep(store, outcome(conditions=tuple(conditions)))
        with store.transaction() as transaction:
            found = transaction.state(NOW).conditions
            gone = tuple(each.key for each in conditions)
            transaction.keep(outcome(forgotten=gone), now=NOW)
        assert found == {each.key: each for each in conditions}
        assert store.conditions() == []

    @given(INCIDENTS)
    @EACH
    def test_any_incident_comes_back_as_it_was(self, store: AlertStore, any_: Incident) -> None:
        keep(store, outcome(incidents=(any_,)))
        assert store.incident(any_.incident_id) == any_

    @given(st.lists(MEMBERS, max_size=4, unique_by=lambda each: each.key))
    @EACH
    def test_any_members_come_back_as_they_were(
        self, store: AlertStore, members: list[Member]
    ) -> None:
        keep(store, outcome(incidents=(incident(),), members=tuple(members)))
        found = {each.key: each for each in store.members(1)}
        assert {each.key: found[each.key] for each in members} == {
            each.key: each for each in members
        }

    @given(SILENCES)
    @EACH
    def test_any_silence_comes_back_as_it_was(self, store: AlertStore, any_: Silence) -> None:
        keep(store, outcome(silences=(any_,)))
        assert any_ in store.all_silences(limit=1000)

    @given(DECISIONS)
    @EACH
    def test_any_decision_comes_back_as_it_was(self, store: AlertStore, any_: Decision) -> None:
        keep(store, outcome(decisions=(any_,)))
        assert any_ in store.decisions(limit=1000)

    def test_a_new_state_is_empty(self, store: AlertStore) -> None:
        with store.transaction() as transaction:
            assert transaction.state(NOW) == NOTHING

    def test_the_next_incident_has_a_number_of_its_own_also_after_the_last_is_over(
        self, store: AlertStore
    ) -> None:
        keep(store, outcome(incidents=(incident(7, resolved_at=NOW),)))
        with store.transaction() as transaction:
            state = transaction.state(NOW)
        assert (state.next_incident_id, state.incidents) == (8, {})

    def test_deadlines_are_replaced(self, store: AlertStore) -> None:
        keep(store, outcome(incidents=(incident(),)))
        later = incident(deadlines=(Deadline("remind", at(240)),))
        keep(store, outcome(incidents=(later,)))
        assert opened(store)[1].deadlines == (Deadline("remind", at(240)),)

    def test_nothing_is_kept_of_a_step_that_fails(self, store: AlertStore) -> None:
        stray = Member(99, condition().key, NOW, reading())
        with pytest.raises(IntegrityError):
            keep(
                store,
                outcome(incidents=(incident(),), members=(stray,), notices=(notice("1"),)),
            )
        assert (store.incidents(), store.waiting()) == ([], [])

    def test_the_same_message_decided_twice_is_one(self, store: AlertStore) -> None:
        keep(store, outcome(incidents=(incident(),), notices=(notice("1"),)))
        keep(store, outcome(notices=(notice("1", body="other"), notice("2"))))
        assert [(each.send_key, each.body) for each in store.notices(1)] == [
            ("1", "{}"),
            ("2", "{}"),
        ]

    def test_who_waits_is_queued_and_who_was_reached_is_told(self, store: AlertStore) -> None:
        both = (notice("1"), notice("2", target=MAIL))
        keep(store, outcome(incidents=(incident(),), notices=both))
        assert (opened(store)[1].told, opened(store)[1].queued) == ((), (PAGER, MAIL))
        hold_and_send(store, "PagerDuty")
        assert (opened(store)[1].told, opened(store)[1].queued) == ((PAGER,), (MAIL,))

    def test_who_may_have_been_reached_counts_as_told(self, store: AlertStore) -> None:
        keep(store, outcome(incidents=(incident(),), notices=(notice("1"),)))
        store.claim(NOW, channel="PagerDuty", by="a", lease=LEASE)
        assert opened(store)[1].told == (PAGER,)

    def test_a_failure_is_not_told_unless_an_earlier_attempt_may_have_got_through(
        self, store: AlertStore
    ) -> None:
        keep(store, outcome(incidents=(incident(),), notices=(notice("1"),)))
        store.claim(NOW, channel="PagerDuty", by="a", lease=LEASE)
        store.failed(1, error="503", next_at=at(1), at=NOW)
        assert (opened(store)[1].told, opened(store)[1].queued) == ((), (PAGER,))
        store.claim(at(1), channel="PagerDuty", by="a", lease=LEASE)
        store.claim(at(5), channel="PagerDuty", by="b", lease=LEASE)
        store.failed(1, error="503", next_at=at(9), at=at(5))
        assert (opened(store)[1].told, opened(store)[1].queued) == ((PAGER,), (PAGER,))

    def test_what_waits_is_withdrawn_and_what_is_claimed_or_collected_is_not(
        self, store: AlertStore
    ) -> None:
        made = (
            notice("claimed"),
            notice("waiting", target=MAIL),
            notice("other reason", target=MAIL, reason="recovery"),
            notice("other incident", incident_id=2, target=MAIL),
            notice("digest", target=MAIL, is_digest=True),
        )
        keep(store, outcome(incidents=(incident(), incident(2)), notices=made))
        store.claim(NOW, channel="PagerDuty", by="a", lease=LEASE)
        taken_back = Withdrawal(1, ("first", "update"), "it is over")
        keep(store, outcome(withdrawals=(taken_back,)))
        found = {each.send_key: (each.state, each.error) for each in store.notices(1)}
        assert found == {
            "claimed": ("claimed", None),
            "waiting": ("withdrawn", "it is over"),
            "other reason": ("waiting", None),
            "digest": ("waiting", None),
        }
        assert [each.state for each in store.notices(2)] == ["waiting"]

    def test_a_step_may_say_anew_what_it_takes_back(self, store: AlertStore) -> None:
        keep(store, outcome(incidents=(incident(),), notices=(notice("1"),)))
        again = (Withdrawal(1, ("first",), "there is more to say"),)
        keep(store, outcome(withdrawals=again, notices=(notice("2"),)))
        assert [each.state for each in store.notices(1)] == ["withdrawn", "waiting"]

    def test_silences_are_numbered_and_gone_from_the_state_once_they_end(
        self, store: AlertStore
    ) -> None:
        keep(store, outcome(silences=(SILENCE, replace(SILENCE, ends_at=at(30)))))
        assert [each.silence_id for each in store.silences(NOW)] == [1, 2]
        with store.transaction() as transaction:
            assert [each.silence_id for each in transaction.state(at(30)).silences] == [1]
            assert transaction.next_silence_id() == 3
        assert store.silences(at(-1)) == []
        assert [each.silence_id for each in store.all_silences()] == [2, 1]

    def test_a_silence_ended_early_stays_the_same_silence(self, store: AlertStore) -> None:
        keep(store, outcome(silences=(SILENCE,)))
        keep(store, outcome(silences=(replace(SILENCE, silence_id=1, ends_at=at(5)),)))
        assert [each.ends_at for each in store.all_silences()] == [at(5)]

    def test_evaluations_make_spans_and_downtime_a_gap(self, store: AlertStore) -> None:
        for up_since, minute in ((0, 0), (0, 1), (0, 2), (10, 10), (10, 11)):
            ran = replace(
                NOTHING, beats={"metrics": at(minute)}, up_since={"metrics": at(up_since)}
            )
            keep(store, outcome(state=ran), minute)
        with store.transaction() as transaction:
            state = transaction.state(at(12))
        assert state.beats == {"metrics": at(11)} == store.beats()
        assert state.up_since == {"metrics": at(10)}
        assert store.evaluated_at("metrics", at(1.5)) == Span("metrics", NOW, at(2), 3)
        assert store.evaluated_at("metrics", at(5)) is None
        assert store.evaluated_at("sources", at(1)) is None

    def test_a_process_is_alive_while_it_beats(self, store: AlertStore) -> None:
        for minute in (0, 1, 2, 30):
            with store.transaction() as transaction:
                transaction.beat("deliverer", at(minute))
        assert store.evaluated_at("deliverer", at(1)) == Span("deliverer", NOW, at(2), 3)
        assert store.evaluated_at("deliverer", at(10)) is None

    def test_an_unknown_incident_is_said_with_what_to_do(self, store: AlertStore) -> None:
        with pytest.raises(UnknownIncident, match=r"no incident 3; `anfl alerts list"):
            store.incident(3)

    def test_incidents_are_listed_newest_first(self, store: AlertStore) -> None:
        three = (incident(1), incident(2, resolved_at=NOW), incident(3))
        keep(store, outcome(incidents=three))
        assert [each.incident_id for each in store.incidents()] == [3, 2, 1]
        assert [each.incident_id for each in store.incidents(limit=1)] == [3]
        assert [each.incident_id for each in store.open_incidents()] == [3, 1]

    def test_decisions_are_found_by_all_that_is_asked(self, store: AlertStore) -> None:
        chat = ConditionKey("error_rate", "chat", "5 minutes", "breached")
        mail = chat._replace(subject="mail")
        log = (
            Decision(NOW, "pending", "1 of 2", chat, reading=reading()),
            Decision(at(5), "opened", "incident 1", chat, 1),
            Decision(at(5), "pending", "1 of 2", mail),
            Decision(at(9), "acknowledged", "by ada", None, 1),
        )
        keep(store, outcome(decisions=log))
        assert store.decisions() == list(reversed(log))
        assert store.decisions(incident_id=1, limit=1) == [log[3]]
        assert store.decisions(metric_id="error_rate", subject="chat") == [log[1], log[0]]
        assert store.decisions(subject="chat", until=at(4)) == [log[0]]

    def test_what_is_over_is_tidied_and_what_is_open_never(self, store: AlertStore) -> None:
        over = incident(1, resolved_at=at(10))
        joined = tuple(
            Member(number, condition().key, NOW, reading(), None) for number in (1, 2, 3)
        )
        log = tuple(Decision(NOW, "opened", "", None, number) for number in (1, 2, 3))
        made = tuple(notice(f"{number}", incident_id=number) for number in (1, 2, 3))
        three = (over, incident(2), incident(3, resolved_at=at(90)))
        keep(store, outcome(incidents=three, members=joined, decisions=log, notices=made))
        hold_and_send(store, "PagerDuty")
        store.tidy(at(60))
        kept = [len(store.members(number)) for number in (1, 2, 3)]
        assert kept == [0, 1, 1]
        assert [len(store.notices(number)) for number in (1, 2, 3)] == [0, 1, 1]
        assert [len(store.attempts(number)) for number in (1, 2, 3)] == [0, 1, 1]
        assert [each.incident_id for each in store.decisions()] == [3, 2]
        assert store.incident(1).resolved_at == at(10)

    def test_what_was_not_sent_is_never_tidied(self, store: AlertStore) -> None:
        keep(store, outcome(incidents=(incident(resolved_at=NOW),), notices=(notice("1"),)))
        store.tidy(at(600))
        assert [each.send_key for each in store.waiting()] == ["1"]

    def test_how_long_we_were_down_is_never_tidied_away(self, store: AlertStore) -> None:
        for minute in (0, 30):
            with store.transaction() as transaction:
                transaction.beat("deliverer", at(minute))
        store.tidy(at(600))
        assert store.evaluated_at("deliverer", NOW) is None
        assert store.beats() == {"deliverer": at(30)}

    def test_who_waits_sees_that_something_is_new(self, store: AlertStore) -> None:
        before = store.version()
        assert store.version() == before
        keep(store, outcome(notices=(notice("1"),)))
        between = store.version()
        store.add([notice("2")], now=NOW)
        assert len({before, between, store.version()}) == 3
