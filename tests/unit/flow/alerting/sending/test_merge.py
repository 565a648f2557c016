"""Which waiting messages a newer one makes needless."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from anfl_assets.flow.alerting.sending.merge import NOBODY_TOLD, OVER, superseded
from anfl_assets.store.alerts.queue import Queued
from anfl_assets.store.alerts.records import Reason, Target

SLACK = Target("Slack", "on_call")


def queued(number: int, reason: Reason, *, attempts: int = 0, incident: int | None = 7) -> Queued:
    return Queued(number, incident, SLACK, reason, attempts)


def test_a_newer_update_takes_the_place_of_an_older_one() -> None:
    waiting = [queued(1, "update"), queued(2, "update"), queued(3, "update")]
    assert superseded(waiting) == {
        1: "a newer message (update) says more",
        2: "a newer message (update) says more",
    }


def test_of_what_began_and_ended_untold_nobody_hears() -> None:
    assert superseded([queued(1, "first"), queued(2, "recovery")]) == {1: OVER, 2: NOBODY_TOLD}


def test_a_recovery_is_sent_where_the_first_message_may_have_arrived() -> None:
    assert superseded([queued(1, "first", attempts=1), queued(2, "recovery")]) == {1: OVER}


def test_a_recovery_is_sent_where_only_an_update_waits_with_it() -> None:
    assert superseded([queued(4, "update"), queued(5, "recovery")]) == {4: OVER}


def test_messages_of_other_incidents_people_or_none_stay() -> None:
    waiting = [
        queued(1, "first"),
        queued(2, "update", incident=8),
        Queued(3, 7, Target("Slack", "owner"), "update", 0),
        queued(4, "canary", incident=None),
        queued(5, "canary", incident=None),
        queued(6, "test"),
    ]
    assert superseded(waiting) == {}


REASONS: tuple[Reason, ...] = ("first", "update", "repeat", "escalation", "recovery")


@given(st.lists(st.tuples(st.sampled_from(REASONS), st.integers(0, 2)), max_size=8))
def test_the_newest_stays_unless_nobody_was_told_and_at_most_one_message_is_left(
    told: list[tuple[Reason, int]],
) -> None:
    waiting = [queued(n, reason, attempts=tries) for n, (reason, tries) in enumerate(told)]
    gone = superseded(waiting)
    left = [each for each in waiting if each.notice_id not in gone]
    assert len(left) <= 1
    if waiting and not left:
        assert waiting[-1].reason == "recovery"
    assert not left or left[0] is waiting[-1]
