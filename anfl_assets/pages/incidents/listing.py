"""`/incidents`: what is open, the worst first, and what was lately; whether alerting runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from anfl_assets.pages.incidents.words import Ahead, ahead, reached, subject_of
from anfl_assets.pages.refusals import PageError
from anfl_assets.pages.site import Site
from anfl_assets.store.alerts.beats import ALIVE_FOR
from anfl_assets.store.alerts.records import Incident, Member
from anfl_assets.store.alerts.store import AlertStore

_RECENT = 100
_EVALUATOR = "metrics"
_STATES = ("all", "open")


@dataclass(frozen=True)
class Asked:
    """Which incidents are asked for; empty for any."""

    state: str = "all"
    severity: str = ""
    metric: str = ""


@dataclass(frozen=True)
class Item:
    """An incident as one row: what it is about, whom it reached, what comes next."""

    incident: Incident
    what: str
    told: str
    next: Ahead | None
    member_count: int


@dataclass(frozen=True)
class Beat:
    """Whether alerting runs; `at` is when metrics were judged last, None for never."""

    at: datetime | None
    is_running: bool


def asked(query: Mapping[str, str]) -> Asked:
    """Read which incidents an address asks for.

    Raises:
        PageError: its `state` is none.
    """
    state = query.get("state", "") or "all"
    if state not in _STATES:
        raise PageError(f"state={state[:20]!r}; expected {' or '.join(_STATES)}")
    return Asked(state, query.get("severity", ""), query.get("metric", ""))


def content(site: Site, wanted: Asked, now: datetime) -> Mapping[str, Any]:
    """Return the rows that are asked for, and how alerting is.

    Raises:
        WorkspaceError: the state of alerting cannot be read.
    """
    store = site.alerts()
    running = beat_at(last_judged(store), now)
    standing = {each.incident_id: each for each in store.open_incidents()}
    recent = [] if wanted.state == "open" else store.incidents(_RECENT)
    over = [each for each in recent if not each.is_open]
    members = store.members_among([*standing, *(each.incident_id for each in over)])
    return {
        "asked": wanted,
        "open": items(sorted(standing.values(), key=_urgency), members, wanted, now),
        "over": items(over, members, wanted, now),
        "open_count": len(standing),
        "shown_at_most": _RECENT,
        "beat": running,
        "severities": list(site.catalog.severities),
        "metrics": [*site.catalog.metrics, *site.catalog.alert_rules.own],
    }


def last_judged(store: AlertStore) -> datetime | None:
    """Return when metrics were judged last; None for never."""
    return store.beats().get(_EVALUATOR)


def beat_at(judged_at: datetime | None, now: datetime) -> Beat:
    """Return whether alerting runs, by when it judged last."""
    return Beat(judged_at, is_running=judged_at is not None and now - judged_at <= ALIVE_FOR)


def items(
    incidents: Sequence[Incident],
    members: Mapping[int, Sequence[Member]],
    wanted: Asked,
    now: datetime,
) -> list[Item]:
    """Return the rows of the incidents that are asked for, in their order."""
    return [
        _item(each, members.get(each.incident_id, []), now)
        for each in incidents
        if wanted.severity in ("", each.policy.severity)
        and _is_of(members.get(each.incident_id, []), wanted.metric)
    ]


def _item(incident: Incident, members: Sequence[Member], now: datetime) -> Item:
    due = ahead(incident, now)
    return Item(
        incident,
        subject_of(incident, members),
        reached(incident.told),
        due[0] if due else None,
        len(members),
    )


def _is_of(members: Sequence[Member], metric: str) -> bool:
    return not metric or any(each.key.metric_id == metric for each in members)


def _urgency(incident: Incident) -> tuple[float, int]:
    """Order what must be answered soonest first, then the newest first."""
    within_s = incident.policy.response_s
    return float("inf") if within_s is None else within_s, -incident.incident_id
