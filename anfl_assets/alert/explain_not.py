"""Why nobody was told of a subject at a moment, or that somebody was: one answer, in sentences.

The log holds changes of mind only, so what was so at a moment is the last line before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from anfl_assets.alert.explain import Delivery, decided, moment, named, state
from anfl_assets.alert.explain_messages import fate_in_incident
from anfl_assets.store.alerts.records import KINDS, Decision, Kind, Reading, Verdict

# Whether people were told by then, and of what sort the reason is that they were not.
Outcome = Literal[
    "told",
    "waiting",
    "undelivered",
    "held_back",
    "muted",
    "not_wrong",
    "shown_only",
    "no_data",
    "never_seen",
    "not_running",
    "not_watched",
    "undecided",
]

_MUTED: tuple[Verdict, ...] = (
    "inhibited",
    "silenced",
    "maintenance",
    "grace",
    "closed_by_hand",
)
_IN_INCIDENT: tuple[Verdict, ...] = ("opened", "joined")
_OVER: tuple[Verdict, ...] = ("cleared", "retired")
_ADDS_NOTHING: tuple[Verdict, ...] = (
    "firing",
    "kept_no_data",
    "kept_insufficient",
    "kept_recovering",
    "kept_firing",
    "kept_flapping",
)


@dataclass(frozen=True)
class Running:
    """Whether the evaluator ran at the moment; where it did not, the stretches around it."""

    ran_then: bool
    ran_until: datetime | None = None
    ran_again_at: datetime | None = None


@dataclass(frozen=True)
class Known:
    """All that is known of one subject of a metric at a moment.

    `reading` is what the history says was judged; `decisions` of its conditions and of their
    incidents up to then, oldest first; `deliveries` those of each incident they speak of.
    """

    metric_id: str
    subject: str
    grain: str
    reading: Reading | None
    running: Running
    decisions: Sequence[Decision] = ()
    deliveries: Mapping[int, Sequence[Delivery]] = field(default_factory=dict)
    is_watched: bool = True


@dataclass(frozen=True)
class Answer:
    """Why, of one subject; `judged` says on what, `incident_id` where it was part of one."""

    metric_id: str
    subject: str
    grain: str
    outcome: Outcome
    judged: str
    why: str
    incident_id: int | None = None


def answer(known: Known, at: datetime) -> Answer:
    """Say why nobody was told of this subject at `at`, or that somebody was."""
    reading = known.reading or _last_reading(known.decisions)
    judged = f"{named(known.metric_id, known.subject)} "
    judged += state(reading) if reading else "was not judged"
    made = Answer(known.metric_id, known.subject, known.grain, "undecided", judged, "")
    if not known.is_watched:
        return replace(made, outcome="not_watched", why="no alert is defined for this metric")
    standing = _standing(known.decisions)
    if standing is not None:
        made = _decided(made, known, standing, at)
    if not known.running.ran_then and made.outcome != "told":
        return replace(made, outcome="not_running", why=_not_running(known.running, made.why))
    return made if standing is not None else _undecided(made, known.reading)


def _last_reading(decisions: Sequence[Decision]) -> Reading | None:
    """Return what was judged when something was last decided."""
    return next((each.reading for each in reversed(decisions) if each.reading), None)


def _standing(decisions: Sequence[Decision]) -> Decision | None:
    """Return what was decided last of the worst that had not ended; None where nothing stood."""
    last: dict[Kind, Decision] = {}
    in_incident: dict[Kind, Decision] = {}
    for each in decisions:
        if each.condition is None:
            continue
        kind = each.condition.kind
        if each.verdict in _IN_INCIDENT:
            in_incident[kind] = each
        elif each.verdict in _ADDS_NOTHING:
            # Heard again after a mute, or kept open: it is where it was, in its incident.
            its_own = in_incident.get(kind)
            if its_own is not None and its_own.incident_id == each.incident_id:
                last[kind] = its_own
                continue
        last[kind] = each
    standing = [last[kind] for kind in KINDS if kind in last]
    return next((each for each in standing if each.verdict not in _OVER), None)


def _decided(made: Answer, known: Known, standing: Decision, at: datetime) -> Answer:
    verdict, since = standing.verdict, moment(standing.at)
    if verdict in _IN_INCIDENT or (verdict in _ADDS_NOTHING and standing.incident_id is not None):
        return _in_incident(made, known, standing, at)
    if verdict in _MUTED:
        return replace(made, outcome="muted", why=f"{decided(standing).text} (since {since})")
    if verdict == "pending":
        return replace(made, outcome="held_back", why=f"{standing.detail} (since {since})")
    return replace(made, why=f"{decided(standing).text} (since {since})")


def _in_incident(made: Answer, known: Known, standing: Decision, at: datetime) -> Answer:
    number = standing.incident_id or 0
    fate = fate_in_incident(
        known.deliveries.get(number, ()), _delays(known.decisions, number), since=standing.at, at=at
    )
    where = f"{decided(standing).text} at {moment(standing.at)}"
    told = "somebody was told: " if fate.outcome == "told" else ""
    return replace(made, incident_id=number, outcome=fate.outcome, why=f"{told}{where}{fate.text}")


def _delays(decisions: Sequence[Decision], incident_id: int) -> list[str]:
    """Return what the log says of messages that wait: quiet hours."""
    return [
        each.detail
        for each in decisions
        if each.verdict == "delayed" and each.incident_id == incident_id
    ][-1:]


def _not_running(running: Running, otherwise: str) -> str:
    until = f"it ran until {moment(running.ran_until)}" if running.ran_until else ""
    again = f"again from {moment(running.ran_again_at)}" if running.ran_again_at else ""
    around = ", ".join(part for part in (until, again) if part) or "it had never run"
    told = f"the evaluator was not running then: {around}"
    return f"{told}; what it decided last: {otherwise}" if otherwise else told


_UNDECIDED: dict[str, tuple[Outcome, str]] = {
    "on_target": ("not_wrong", "it was on target"),
    "insufficient": ("not_wrong", "too little evidence is never told of, nor does it end anything"),
    "unlikely": ("not_wrong", "a forecast is told from even odds on, and where its mean crosses"),
    "no_data": ("no_data", "it had no data, and alerting had not decided on that by then"),
}


def _undecided(made: Answer, reading: Reading | None) -> Answer:
    if reading is None:
        return replace(made, outcome="never_seen", why="no window of it had ended by then")
    if not reading.is_alertable:
        why = "it is the whole and shown only; its parts are told of instead"
        return replace(made, outcome="shown_only", why=why)
    if reading.status == "no_data" and reading.window_end_at is None:
        return replace(made, outcome="never_seen", why="it never had data, so nothing is missing")
    if reading.status == "insufficient" and reading.detail:
        why = "it is told only on a forecast to rely on; without one nothing ends either"
        return replace(made, outcome="not_wrong", why=why)
    outcome, why = _UNDECIDED.get(
        reading.status,
        ("undecided", "the log knows of no decision: alerting had not seen this judgement by then"),
    )
    return replace(made, outcome=outcome, why=why)
