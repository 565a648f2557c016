"""The story on an incident's page, from the log and the outbox."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from anfl_assets.alert.explain import Delivery, Try
from anfl_assets.pages.incidents.timeline import timeline
from anfl_assets.store.alerts.records import ConditionKey, Decision, Target, Verdict

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def at(minute: int) -> datetime:
    return NOON + timedelta(minutes=minute)


def member(verdict: Verdict, subject: str, minute: int) -> Decision:
    key = ConditionKey("uptime", subject, "30 days", "breached")
    return Decision(at(minute), verdict, f"{verdict} incident 1 (critical)", key, 1)


def whole(verdict: Verdict, detail: str, minute: int) -> Decision:
    return Decision(at(minute), verdict, detail, None, 1)


def test_each_kind_of_what_happened_is_told_apart() -> None:
    lines = [
        member("opened", "chat", 0),
        member("joined", "search", 0),
        member("joined", "batch", 0),
        member("kept_recovering", "chat", 2),
        whole("told", "first: SMS to on_call", 0),
        whole("acknowledged", "by ana through the pages", 5),
        whole("nobody_told", "closed by bob (rolled back); nobody had been told", 6),
        whole("resolved", "it has ended; told SMS to on_call", 9),
    ]
    sms = Target("SMS", "on_call")
    tries = (Try(at(1), "failed", "busy"), Try(at(3), "sent", "receipt S1"))
    deliveries = [
        Delivery("first", sms, at(0), at(0), "sent", tries=tries),
        Delivery("repeat", sms, at(4), at(4), "waiting", next_at=at(14)),
        Delivery("update", sms, at(4), at(4), "withdrawn", error="ana acknowledged it"),
    ]
    found = [(each.at, each.kind) for each in timeline(lines, deliveries)]
    assert found == [
        (at(0), "begun"),
        (at(0), "decided"),
        (at(0), "decided"),
        (at(1), "failed"),
        (at(3), "sent"),
        (at(4), "waiting"),
        (at(4), "decided"),
        (at(5), "person"),
        (at(6), "person"),
        (at(9), "over"),
    ]


def test_what_joined_together_is_counted() -> None:
    lines = [member("joined", name, 7) for name in ("a", "b", "c")]
    (entry,) = timeline(lines, [])
    assert entry.text == (
        "3 more joined, the first: uptime of a (30 days, breached) joined incident 1 (critical)"
    )
    assert (entry.glyph, entry.word) == ("·", "decided")
