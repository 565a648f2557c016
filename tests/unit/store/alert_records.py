"""Records of alerting as tests need them: literals, and strategies for any."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

from hypothesis import strategies as st

from anfl_assets.store.alerts.records import (
    KINDS,
    Condition,
    ConditionKey,
    Deadline,
    Decision,
    Incident,
    IncidentPolicy,
    Match,
    Member,
    Notice,
    Outcome,
    Reading,
    Silence,
    State,
    Target,
    Verdict,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PAGER = Target("PagerDuty", "on_call")
MAIL = Target("Email", "on_call")
NOTHING = State({}, {}, ())
POLICY = IncidentPolicy(
    severity="critical",
    channels=("PagerDuty", "Email"),
    ladder=("on_call", "lead"),
    response_s=300.0,
    escalation_s=900.0,
    update_s=300.0,
    acknowledged_s=None,
    repeats=9,
    following=("PagerDuty",),
)


def at(minutes: float) -> datetime:
    """Return a moment so many minutes after `NOW`."""
    return NOW + timedelta(minutes=minutes)


def reading(subject: str = "chat", **changes: Any) -> Reading:  # noqa: ANN401 - any field
    """Return a breach of error_rate."""
    values: dict[str, Any] = {
        "metric_id": "error_rate",
        "subject": subject,
        "grain": "5 minutes",
        "status": "breached",
        "value": 3.5,
        "unit": "%",
        "target": 1.0,
        "target_operator": "<",
        "threshold": 2.0,
        "sample_count": 400,
        "since": at(-5),
        "window_start_at": at(-5),
        "window_end_at": NOW,
        "judged_at": NOW,
    }
    return Reading(**values | changes)


def condition(subject: str = "chat", **changes: Any) -> Condition:  # noqa: ANN401 - any field
    """Return a condition that fires in incident 1."""
    values: dict[str, Any] = {
        "key": ConditionKey("error_rate", subject, "5 minutes", "breached"),
        "phase": "firing",
        "reading": reading(subject),
        "pending_since": at(-5),
        "judged_at": NOW,
        "seen_at": NOW,
        "incident_id": 1,
        "clears": (at(-60), at(-30)),
        "verdict": "joined",
    }
    return Condition(**values | changes)


def incident(number: int = 1, **changes: Any) -> Incident:  # noqa: ANN401 - any field
    """Return an open incident with two deadlines."""
    values: dict[str, Any] = {
        "incident_id": number,
        "dedup_key": f"shop/{number}",
        "group_key": "error_rate|breached",
        "kind": "breached",
        "policy": POLICY,
        "opened_at": NOW,
        "deadlines": (Deadline("respond", at(5)), Deadline("escalate", at(15))),
    }
    return Incident(**values | changes)


def notice(key: str, **changes: Any) -> Notice:  # noqa: ANN401 - any field
    """Return a first message of incident 1 to the pager."""
    values: dict[str, Any] = {
        "send_key": key,
        "incident_id": 1,
        "reason": "first",
        "target": PAGER,
        "not_before": NOW,
        "body": "{}",
    }
    return Notice(**values | changes)


def outcome(**changes: Any) -> Outcome:  # noqa: ANN401 - any field
    """Return the outcome of a step, empty but for what is given."""
    return Outcome(**{"state": NOTHING} | changes)


_utc = st.just(UTC)
_times = st.datetimes(
    datetime.fromisoformat("1990-01-01"), datetime.fromisoformat("2098-01-01"), timezones=_utc
)
_maybe = st.none() | _times
# Whatever a source may call its things, NUL, backslashes and half a surrogate pair among it.
_names = st.text(max_size=20) | st.sampled_from(["a\x00b", "\\u0000", "\ud800", "<!channel>", "'"])
_prose = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
_counts = st.integers(0, 2**31 - 1)
_keys = st.builds(ConditionKey, _names, _names, _names, st.sampled_from(KINDS))
_verdicts = st.sampled_from(get_args(Verdict))
READINGS = st.builds(
    Reading,
    metric_id=_names,
    subject=_names,
    grain=_names,
    status=_names,
    value=st.none() | st.floats(allow_nan=False),
    target=st.floats(allow_nan=False),
    threshold=st.floats(allow_nan=False),
    sample_count=st.integers(),
    since=_maybe,
    window_start_at=_maybe,
    window_end_at=_maybe,
    judged_at=_times,
    feed=st.none() | _names,
    detail=_names,
)
CONDITIONS = st.builds(
    Condition,
    key=_keys,
    phase=st.sampled_from(["pending", "firing", "rest"]),
    reading=READINGS,
    pending_since=_times,
    judged_at=_times,
    seen_at=_times,
    evaluations=_counts,
    fired_at=_maybe,
    good_since=_maybe,
    incident_id=st.none() | _counts,
    joined_at=_maybe,
    is_flapping=st.booleans(),
    is_closed_by_hand=st.booleans(),
    clears=st.lists(_times, max_size=3).map(tuple),
    verdict=st.none() | _verdicts,
    detail=_prose,
)
_deadlines = st.builds(
    Deadline, st.sampled_from(["respond", "escalate", "update", "remind"]), _times
)
_spans = st.none() | st.floats(0, 1e9)
_policies = st.builds(
    IncidentPolicy,
    severity=_names,
    channels=st.lists(_names, max_size=3).map(tuple),
    ladder=st.lists(_names, max_size=3).map(tuple),
    response_s=_spans,
    escalation_s=_spans,
    update_s=st.floats(0, 1e9),
    acknowledged_s=_spans,
    repeats=_counts,
    digest_channels=st.lists(_names, max_size=2).map(tuple),
    following=st.lists(_names, max_size=2).map(tuple),
    route=_names,
)
INCIDENTS = st.builds(
    Incident,
    incident_id=st.integers(1, 2**62),
    dedup_key=_names,
    group_key=_names,
    kind=st.sampled_from(KINDS),
    policy=_policies,
    opened_at=_times,
    level=_counts,
    repeats=_counts,
    notices=_counts,
    member_count=_counts,
    told_members=_counts,
    told_at=_maybe,
    deadlines=st.lists(_deadlines, max_size=4).map(tuple),
    acknowledged_at=_maybe,
    acknowledged_by=st.none() | _prose,
    acknowledged_via=st.none() | _prose,
    response_missed_at=_maybe,
    muted_at=_maybe,
    is_flapping=st.booleans(),
    resolved_at=_maybe,
    resolved_by=st.none() | _prose,
    told=st.just(()),
    queued=st.just(()),
)
MEMBERS = st.builds(
    Member,
    incident_id=st.just(1),
    key=_keys,
    joined_at=_times,
    reading=READINGS,
    cleared_at=_maybe,
)
_patterns = st.none() | _names
SILENCES = st.builds(
    Silence,
    silence_id=st.integers(1, 2**62),
    match=st.builds(Match, *[_patterns] * 7),
    author=_prose,
    reason=_prose,
    starts_at=_times,
    ends_at=_times,
    made_at=_times,
)
DECISIONS = st.builds(
    Decision,
    at=_times,
    verdict=_verdicts,
    detail=_prose,
    condition=st.none() | _keys,
    incident_id=st.none() | _counts,
    reading=st.none() | READINGS,
)
