"""`/incidents/ID`: one incident with its members, its story and what a person can answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from anfl_assets.alert.explain import Sentence
from anfl_assets.deliver.message import from_json
from anfl_assets.flow.alerting.explain import deliveries_of, why
from anfl_assets.pages.incidents.names import shortened
from anfl_assets.pages.incidents.patterns import silence_address
from anfl_assets.pages.incidents.timeline import timeline
from anfl_assets.pages.incidents.words import (
    ahead,
    headline,
    reached,
    standing,
    subject_of,
    worst_first,
)
from anfl_assets.pages.site import Site
from anfl_assets.pages.tile import metric_address
from anfl_assets.report.metric_words import title, value_words
from anfl_assets.store.alerts.outbox import Outgoing
from anfl_assets.store.alerts.records import Condition, ConditionKey, Member
from anfl_assets.wording.inert import web_address
from anfl_assets.wording.numbers import NOTHING, quantity

_SHOWN = 50
_LINES = 2_000
_OPERATORS = {"<=": "≤", ">=": "≥"}


@dataclass(frozen=True)
class Row:
    """A member in words; `now` is what it was when it was judged last, as far as that is kept."""

    member: Member
    label: str
    address: str
    then: str
    now: str
    target: str
    threshold: str


def content(site: Site, incident_id: int, now: datetime) -> Mapping[str, Any]:
    """Return everything the page of an incident shows.

    Raises:
        UnknownIncident: there is none of that number.
        WorkspaceError: the state of alerting cannot be read.
    """
    store = site.alerts()
    incident = store.incident(incident_id)
    members = worst_first(store.members(incident_id))
    lines = store.decisions(incident_id=incident_id, limit=_LINES)
    deliveries = deliveries_of(store, incident_id)
    newest = store.notices(incident_id)[-1:]
    conditions = {each.key: each for each in store.conditions()}
    return {
        "incident": incident,
        "headline": headline(incident, members, now),
        "subject": subject_of(incident, members),
        "standing": standing(incident),
        "told": reached(incident.told),
        "waiting": reached(incident.queued),
        "ahead": ahead(incident, now),
        "rows": [_row(site, each, conditions) for each in members[:_SHOWN]],
        "more": max(len(members) - _SHOWN, 0),
        "timeline": timeline(lines, deliveries),
        "runbook": _runbook(newest),
        "silence": silence_address(incident_id, [each.key for each in members]),
        "metrics": _metrics(site, members),
    }


def story(site: Site, incident_id: int) -> Mapping[str, Any]:
    """Return every sentence of an incident, as `anfl alerts why` tells it.

    Raises:
        UnknownIncident: there is none of that number.
        WorkspaceError: the state of alerting cannot be read.
    """
    found = why(site.alerts(), incident_id)
    names = {each.key.subject for each in found.members}
    days: dict[str, list[Sentence]] = {}
    for told_of in found.story:
        sentence = replace(told_of, text=shortened(told_of.text, names))
        days.setdefault(f"{sentence.at:%Y-%m-%d}", []).append(sentence)
    return {
        "incident": found.incident,
        "subject": subject_of(found.incident, found.members),
        "standing": standing(found.incident),
        "days": days,
        "left_out": found.left_out,
    }


def _row(site: Site, member: Member, conditions: Mapping[ConditionKey, Condition]) -> Row:
    reading, known = member.reading, conditions.get(member.key)
    metric_id = member.key.metric_id
    metric = site.catalog.metrics.get(metric_id)

    def written(value: float | None) -> str:
        return value_words(value, metric) if metric else quantity(value, reading.unit)

    return Row(
        member,
        title(metric_id),
        metric_address(metric_id, member.key.subject) if metric else "",
        "no data" if member.key.kind == "no_data" else written(reading.value),
        NOTHING if known is None else _now(known, written(known.reading.value)),
        f"{_OPERATORS.get(reading.target_operator, reading.target_operator)} "
        f"{quantity(reading.target, reading.unit)}",
        quantity(reading.threshold, reading.unit),
    )


def _now(condition: Condition, value: str) -> str:
    return "no data" if condition.reading.status == "no_data" else value


def _runbook(newest: Sequence[Outgoing]) -> str | None:
    """Return the runbook that messages name, if it is a real web address."""
    return next((web_address(from_json(each.body).runbook) for each in newest), None)


def _metrics(site: Site, members: Sequence[Member]) -> list[tuple[str, str]]:
    found = dict.fromkeys(each.key.metric_id for each in members)
    return [(title(each), metric_address(each)) for each in found if each in site.catalog.metrics]
