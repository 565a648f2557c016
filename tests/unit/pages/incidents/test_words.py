"""What pages say of an incident, from records alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from anfl_assets.pages.incidents.words import (
    ahead,
    headline,
    reached,
    standing,
    subject_of,
    worst_first,
)
from anfl_assets.store.alerts.records import (
    ConditionKey,
    Deadline,
    DeadlineStep,
    Incident,
    IncidentPolicy,
    Kind,
    Member,
    Reading,
    Target,
)

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
POLICY = IncidentPolicy(
    severity="critical",
    channels=("PagerDuty", "SMS"),
    ladder=("on_call", "ml_platform", "executive"),
    response_s=300,
    escalation_s=900,
    update_s=600,
    acknowledged_s=14_400,
    repeats=2,
)
OPEN = Incident(1, "anfl-1-x", "latency", "breached", POLICY, NOON, member_count=3, told_members=1)


def member(subject: str, value: float | None, kind: Kind = "breached") -> Member:
    reading = Reading(
        metric_id="inference_latency",
        subject=subject,
        grain="5 minutes",
        status=kind,
        value=value,
        unit="ms",
        target=50.0,
        target_operator="<",
        threshold=100.0,
        sample_count=10,
        since=NOON,
        window_start_at=NOON,
        window_end_at=NOON,
        judged_at=NOON,
    )
    return Member(1, ConditionKey("inference_latency", subject, "5 minutes", kind), NOON, reading)


def test_the_headline_is_of_the_worst_that_still_fires() -> None:
    over = replace(member("batch", 900.0), cleared_at=NOON)
    members = [over, member("chat", 131.25), member("search", 150.0), member("new", None)]
    assert [each.key.subject for each in worst_first(members)] == ["search", "chat", "new", "batch"]
    told = headline(OPEN, members, NOON)
    assert told == "Inference latency of search 150 ms, alert above 100 ms, and 2 more"
    assert subject_of(OPEN, members) == "Inference latency of search and 3 more"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), None], ids=str)
def test_a_value_that_is_no_number_stands_behind_those_that_are(value: float | None) -> None:
    members = [member("a", value), member("z", 101.0)]
    assert worst_first(members)[0].key.subject == "z"


def test_what_is_over_says_so_and_what_was_closed_goes_on() -> None:
    over = replace(OPEN, resolved_at=NOON + timedelta(minutes=23))
    assert headline(over, [member("chat", 131.0)], NOON) == (
        "Inference latency of chat is over after 23 min"
    )
    closed = replace(over, resolved_by="ana (rolled back)")
    assert headline(closed, [member("chat", 131.0)], NOON) == (
        "Inference latency of chat was closed by hand after 23 min and goes on: "
        "131 ms, alert above 100 ms"
    )
    assert standing(closed) == (
        "over after 23 min, since 2026-11-23 12:23 UTC, closed by ana (rolled back)"
    )


def test_an_incident_without_members_has_a_number_for_a_name() -> None:
    assert headline(OPEN, [], NOON) == subject_of(OPEN, []) == "Incident 1"


@pytest.mark.parametrize(
    ("incident", "said"),
    [
        (OPEN, "open, acknowledged by nobody"),
        (
            replace(OPEN, acknowledged_at=NOON, acknowledged_by="ana\n\x1b"),
            "open, acknowledged by ana \N{REPLACEMENT CHARACTER} at 2026-11-23 12:00 UTC",
        ),
        (
            replace(OPEN, muted_at=NOON),
            "open, nobody is told since 2026-11-23 12:00 UTC: it is muted",
        ),
    ],
)
def test_how_it_stands_is_said_in_a_sentence(incident: Incident, said: str) -> None:
    assert standing(incident) == said


@pytest.mark.parametrize(
    ("step", "level", "repeats", "said"),
    [
        ("respond", 0, 0, "tells on_call again"),
        ("escalate", 0, 0, "escalates to ml_platform"),
        ("escalate", 1, 0, "escalates to executive"),
        ("escalate", 2, 0, "tells executive again, 1 of 2 times"),
        ("escalate", 2, 2, "the ladder ends: nobody else is told"),
        ("update", 0, 0, "tells of 2 more that have begun"),
        ("remind", 0, 0, "tells everybody again if it still fires"),
    ],
)
def test_what_comes_next_is_named(step: DeadlineStep, level: int, repeats: int, said: str) -> None:
    due = Deadline(step, NOON + timedelta(minutes=20))
    incident = replace(OPEN, level=level, repeats=repeats, deadlines=(due,))
    (found,) = ahead(incident, NOON + timedelta(minutes=13))
    assert (found.text, found.when) == (said, "at 12:20, in 7 min")


def test_what_is_due_another_day_or_since_a_while_says_when() -> None:
    deadlines = (
        Deadline("remind", NOON + timedelta(days=1)),
        Deadline("respond", NOON - timedelta(minutes=1)),
    )
    incident = replace(OPEN, deadlines=deadlines)
    assert [each.when for each in ahead(incident, NOON)] == [
        "due since 11:59",
        "at 2026-11-24 12:00, in 1 d",
    ]
    assert ahead(replace(incident, muted_at=NOON), NOON) == []
    assert ahead(replace(incident, resolved_at=NOON), NOON) == []


def test_who_was_told_is_listed_by_person() -> None:
    targets = (Target("PagerDuty", "on_call"), Target("SMS", "on_call"), Target("Email", "cto"))
    assert reached(targets) == "on_call by PagerDuty, SMS; cto by Email"
    assert reached(()) == ""
