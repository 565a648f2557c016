"""Reading what `why` and `why-not` tell of: the log, the outbox with its attempts, the history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from anfl_assets.alert.explain import Delivery, Sentence, Try, story
from anfl_assets.alert.explain_not import Answer, Known, Running, answer
from anfl_assets.alert.policy import Policy
from anfl_assets.store.alerts.outbox import Outgoing
from anfl_assets.store.alerts.records import Decision, Incident, Member, Reading
from anfl_assets.store.alerts.store import AlertStore
from anfl_assets.store.alerts.tables import EVALUATIONS

# Of a storm the first members tell the story; the others are counted.
_MEMBERS_TOLD = 20
_LINES = 100_000
# An evaluator that ran so shortly before a moment was running then.
_RUNS_FOR = timedelta(minutes=2)
# Where it ran, the others did as well: some of them only when something has happened.
_EVALUATOR = "metrics"


@dataclass(frozen=True)
class Told:
    """An incident and everything that happened in it; `left_out` members are not told of."""

    incident: Incident
    members: Sequence[Member]
    story: tuple[Sentence, ...]
    left_out: int = 0


def why(store: AlertStore, incident_id: int) -> Told:
    """Return the story of an incident.

    Raises:
        UnknownIncident: there is none of that number.
    """
    incident = store.incident(incident_id)
    members = store.members(incident_id)
    lines = store.decisions(incident_id=incident_id, limit=_LINES)[::-1]
    shown = members[:_MEMBERS_TOLD]
    keys = {member.key for member in shown}
    its_own = [each for each in lines if each.condition is None or each.condition in keys]
    before = [line for member in shown for line in _before(store, member)]
    deliveries = deliveries_of(store, incident_id)
    return Told(incident, members, story([*before, *its_own], deliveries), len(members) - len(keys))


def deliveries_of(store: AlertStore, incident_id: int) -> list[Delivery]:
    """Return the messages of an incident with every attempt to send them."""
    return [_delivery(store, notice) for notice in store.notices(incident_id)]


def why_not(
    store: AlertStore,
    policy: Policy,
    readings: Sequence[Reading],
    *,
    metric_id: str,
    subject: str | None,
    at: datetime,
) -> list[Answer]:
    """Return for each subject of a metric why nobody had been told of it at a moment.

    `readings` are what the history says was judged then, of any metric.
    """
    known = _known_places(store, readings, metric_id, subject=subject, at=at)
    running = _running(store, at)
    # Subjects that went wrong together share an incident: it is read once.
    incidents: dict[int, tuple[list[Decision], list[Delivery]]] = {}
    answers = []
    for (name, grain), (reading, decisions) in sorted(known.items()):
        numbers = {each.incident_id for each in decisions if each.incident_id is not None}
        for number in numbers - incidents.keys():
            incidents[number] = (_of_incident(store, number, at), deliveries_of(store, number))
        lines = [*decisions, *(line for number in numbers for line in incidents[number][0])]
        found = Known(
            metric_id,
            name,
            grain,
            reading,
            running,
            sorted(lines, key=lambda each: each.at),
            {number: incidents[number][1] for number in numbers},
            is_watched=metric_id in policy.watched,
        )
        answers.append(answer(found, at))
    return answers


_Place = tuple[str, str]


def _known_places(
    store: AlertStore,
    readings: Sequence[Reading],
    metric_id: str,
    *,
    subject: str | None,
    at: datetime,
) -> dict[_Place, tuple[Reading | None, list[Decision]]]:
    """Gather per subject and grain what was judged and what was decided, oldest first."""
    judged = {
        (each.subject, each.grain): each
        for each in readings
        if each.metric_id == metric_id and subject in (None, each.subject)
    }
    lines: dict[_Place, list[Decision]] = defaultdict(list)
    newest = store.decisions(metric_id=metric_id, subject=subject, until=at, limit=_LINES)
    for line in reversed(newest):
        if line.condition is not None:
            lines[line.condition.subject, line.condition.grain].append(line)
    return {
        place: (judged.get(place), lines.get(place, [])) for place in judged.keys() | lines.keys()
    }


def _of_incident(store: AlertStore, number: int, at: datetime) -> list[Decision]:
    """Return what was decided of an incident as a whole, oldest first."""
    lines = store.decisions(incident_id=number, until=at, limit=_LINES)
    return [line for line in reversed(lines) if line.condition is None]


def _running(store: AlertStore, at: datetime) -> Running:
    table = EVALUATIONS.c
    of_it = select(table.first_at, table.last_at).where(table.evaluator == _EVALUATOR)
    before = store.rows(of_it.where(table.first_at <= at).order_by(table.first_at.desc()).limit(1))
    after = store.rows(of_it.where(table.first_at > at).order_by(table.first_at).limit(1))
    until = before[0]["last_at"] if before else None
    again = after[0]["first_at"] if after else None
    return Running(until is not None and at - until <= _RUNS_FOR, until, again)


def _before(store: AlertStore, member: Member) -> list[Decision]:
    """Return how a condition came to its incident: since it was last over."""
    key = member.key
    lines = store.decisions(
        metric_id=key.metric_id, subject=key.subject, until=member.joined_at, limit=_LINES
    )
    found: list[Decision] = []
    for line in lines:
        if line.condition != key or line.incident_id is not None:
            continue
        if line.verdict in ("cleared", "retired"):
            break
        found.append(line)
    return found[::-1]


def _delivery(store: AlertStore, notice: Outgoing) -> Delivery:
    tries = tuple(
        Try(each.at, each.outcome, _detail(each.error, each.reference, each.detail))
        for each in store.attempts(notice.notice_id)
    )
    return Delivery(
        reason=notice.reason,
        target=notice.target,
        made_at=notice.made_at,
        not_before=notice.not_before,
        state=notice.state,
        sent_at=notice.sent_at,
        next_at=notice.next_at,
        error=notice.error or "",
        is_digest=notice.is_digest,
        tries=tries,
    )


def _detail(error: str | None, reference: str | None, detail: str | None) -> str:
    receipt = f"receipt {reference}" if reference else None
    return ", ".join(part for part in (error, receipt, detail) if part)
