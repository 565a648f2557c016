"""What alerting remembers, as frozen records: `alert` computes with them, `store` keeps them.

A condition is one thing that is wrong (a metric, a subject, a grain, a kind); an incident is the
conditions that people are told of together; a notice is one message to one recipient on one
channel. Times are UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

# What can be wrong. A breach is beyond the alert threshold; a miss only off the target; a forecast
# says that a breach is to come.
Kind = Literal["breached", "off_target", "no_data", "forecast"]
KINDS: tuple[Kind, ...] = ("breached", "no_data", "off_target", "forecast")

# pending: met, held back for now. firing: people are told. rest: over, remembered for its clears
# (flapping), for being closed by hand until it ends by itself, or for its last verdict.
Phase = Literal["pending", "firing", "rest"]

# Why a message goes out.
Reason = Literal[
    "first",  # the incident has opened
    "update",  # more of it since it was last told
    "repeat",  # nobody answered within the response time
    "escalation",  # nobody answered: the next level
    "reminder",  # acknowledged long ago, or silenced until now, and still firing
    "acknowledged",  # to channels that follow their own message
    "flapping",  # comes and goes; told once instead of each time
    "recovery",  # it is over
    "digest",  # collected into one mail a day
    "canary",  # the daily proof that the channel works
    "test",  # a person asked for it
    "report",  # the executive digest of a day
    "watch",  # the watcher speaks: alerting itself is dead or stuck
]

DeadlineStep = Literal["respond", "escalate", "update", "remind"]

# The answer to each question "why was I (not) told": `alert/explain.py` has the sentences.
Verdict = Literal[
    "never_seen",
    "shown_only",
    "pending",
    "firing",
    "cleared",
    "kept_no_data",
    "kept_insufficient",
    "kept_recovering",
    "kept_firing",
    "kept_flapping",
    "retired",
    "inhibited",
    "silenced",
    "maintenance",
    "grace",
    "joined",
    "opened",
    "told",
    "delayed",
    "withdrawn",
    "nobody_told",
    "repeated",
    "escalated",
    "ladder_ended",
    "reminded",
    "response_missed",
    "acknowledged",
    "unacknowledged",
    "muted",
    "unmuted",
    "resolved",
    "closed_by_hand",
    "silence_made",
    "silence_ended",
]


class ConditionKey(NamedTuple):
    """What is wrong with what: `("inference_latency", "chat", "5 minutes", "breached")`."""

    metric_id: str
    subject: str
    grain: str
    kind: Kind

    def __str__(self) -> str:
        """Return it as people read it."""
        return f"{self.metric_id} {self.subject} ({self.grain}) {self.kind}"


@dataclass(frozen=True, slots=True)
class Reading:
    """What the judge says of one metric, subject and grain: the only input of alerting.

    `judged_at` tells one judgement from the next (a window's end, or the moment of a live
    evaluation). `feed` is the feed that brings the subject, where one can be named. Value, target
    and threshold are in `unit`. `detail` is the cause in words, where one is known (a run's error).

    A forecast has its model as grain, status `forecast`, `unlikely` or `insufficient`, the value
    that was known last, and a `detail` that says what is to come, then `; ` and what that rests on.
    `due_at` is the day on which a breach reaches even odds, where one is foretold.
    """

    metric_id: str
    subject: str
    grain: str
    status: str
    value: float | None
    unit: str
    target: float
    target_operator: str
    threshold: float
    sample_count: int
    since: datetime | None
    window_start_at: datetime | None
    window_end_at: datetime | None
    judged_at: datetime
    is_alertable: bool = True
    feed: str | None = None
    detail: str = ""
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that is, or was just now, wrong.

    `pending_since` is when the first judgement met it, `judged_at` the last one counted,
    `evaluations` how many in a row. `fired_at` is the moment it began to fire, `good_since` the
    first judgement since then that did not meet it. `clears` are the moments it ended, as far as
    flapping remembers. `seen_at` is when a reading of it was last kept.
    `incident_id` is the incident it joined at `joined_at`; None while it is held back or muted.
    `reading` is what was judged when it was last kept. `verdict` is the last decision, so that only
    changes are logged.
    """

    key: ConditionKey
    phase: Phase
    reading: Reading
    pending_since: datetime
    judged_at: datetime
    seen_at: datetime
    evaluations: int = 1
    fired_at: datetime | None = None
    good_since: datetime | None = None
    incident_id: int | None = None
    joined_at: datetime | None = None
    is_flapping: bool = False
    is_closed_by_hand: bool = False
    clears: tuple[datetime, ...] = ()
    verdict: Verdict | None = None
    detail: str = ""


class Target(NamedTuple):
    """Whom a message goes to: a channel of §4.2 and a contact (a level of a ladder)."""

    channel: str
    recipient: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """A step of an incident that is due at a moment; performed once, then replaced or removed."""

    step: DeadlineStep
    due_at: datetime


@dataclass(frozen=True, slots=True)
class IncidentPolicy:
    """The policy an incident opened with; it keeps it however the files change meanwhile.

    `ladder` are contacts, first told first. Spans are in seconds, None for never. `following`
    are the channels that edit their own message, so that they are told of acknowledgements.
    """

    severity: str
    channels: tuple[str, ...]
    ladder: tuple[str, ...]
    response_s: float | None
    escalation_s: float | None
    update_s: float
    acknowledged_s: float | None
    repeats: int
    digest_channels: tuple[str, ...] = ()
    following: tuple[str, ...] = ()
    route: str = "default"


@dataclass(frozen=True, slots=True)
class Incident:
    """Conditions that people are told of together, and how far telling them has come.

    `level` is the level of the ladder told last, `repeats` how often the last one was told again.
    `told` are targets a message was sent to (or may have been: it was in flight), `queued` those
    one waits for; both come from the outbox when the incident is read. `notices` counts messages,
    so that each has a key of its own; `member_count` conditions that ever joined, `told_members`
    how many of them had when people were last told. `muted_at` is since when nobody is told: all of
    it is silenced or inhibited.
    """

    incident_id: int
    dedup_key: str
    group_key: str
    kind: Kind
    policy: IncidentPolicy
    opened_at: datetime
    level: int = 0
    repeats: int = 0
    notices: int = 0
    member_count: int = 0
    told_members: int = 0
    told_at: datetime | None = None
    deadlines: tuple[Deadline, ...] = ()
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    acknowledged_via: str | None = None
    response_missed_at: datetime | None = None
    muted_at: datetime | None = None
    is_flapping: bool = False
    resolved_at: datetime | None = None
    resolved_by: str | None = None
    told: tuple[Target, ...] = ()
    queued: tuple[Target, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it is not over."""
        return self.resolved_at is None


@dataclass(frozen=True, slots=True)
class Match:
    """Which conditions are meant: each given pattern must match (`*` and `?` as in file names)."""

    metric: str | None = None
    subject: str | None = None
    domain: str | None = None
    owner: str | None = None
    severity: str | None = None
    kind: str | None = None
    grain: str | None = None

    def __str__(self) -> str:
        """Return it as a person would write it."""
        given = [
            f"{name}={value}"
            for name in ("metric", "subject", "domain", "owner", "severity", "kind", "grain")
            if (value := getattr(self, name)) is not None
        ]
        return " ".join(given) or "everything"


@dataclass(frozen=True, slots=True)
class Silence:
    """Telling nobody of what matches, for a time, with a name and a reason."""

    silence_id: int
    match: Match
    author: str
    reason: str
    starts_at: datetime
    ends_at: datetime
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """One message to one target, as it goes into the outbox.

    `send_key` is unique: the same decision taken twice is one message. `body` is a
    `deliver.message.Message` as JSON: what was true when it was decided. `is_digest`: it waits to
    be collected into one mail with others.
    """

    send_key: str
    incident_id: int | None
    reason: Reason
    target: Target
    not_before: datetime
    body: str
    is_digest: bool = False


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Messages of an incident that wait in the outbox and must not go out any more.

    Not those that wait to be collected into a digest: it tells of what is over as well.
    """

    incident_id: int
    reasons: tuple[Reason, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Decision:
    """One line of the log: at that moment, this was decided of that condition or incident."""

    at: datetime
    verdict: Verdict
    detail: str
    condition: ConditionKey | None = None
    incident_id: int | None = None
    reading: Reading | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A condition as part of an incident; kept after the incident is over."""

    incident_id: int
    key: ConditionKey
    joined_at: datetime
    reading: Reading
    cleared_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class State:
    """All that one step needs to know of before.

    Conditions that are not at rest or are remembered, open incidents, silences that have not ended.
    `beats` is when each evaluator last ran, `up_since` when its present unbroken stretch began: a
    longer gap was our own downtime.
    """

    conditions: Mapping[ConditionKey, Condition]
    incidents: Mapping[int, Incident]
    silences: tuple[Silence, ...]
    next_incident_id: int = 1
    beats: Mapping[str, datetime] = field(default_factory=dict)
    up_since: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one step changed: the new state, and what is to be kept beside it.

    `forgotten` are conditions to delete; `members` those that joined an incident or cleared in it.
    """

    state: State
    conditions: tuple[Condition, ...] = ()
    forgotten: tuple[ConditionKey, ...] = ()
    incidents: tuple[Incident, ...] = ()
    members: tuple[Member, ...] = ()
    silences: tuple[Silence, ...] = ()
    notices: tuple[Notice, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()
    decisions: tuple[Decision, ...] = ()
