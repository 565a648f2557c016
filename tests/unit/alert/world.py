"""A small world for the pure core: one policy, a clock of minutes, a postman who is never late."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from anfl_assets.alert import by_hand
from anfl_assets.alert.pipeline import step
from anfl_assets.alert.policy import (
    Flapping,
    Grace,
    Inhibition,
    Policy,
    SeverityPolicy,
    Watched,
)
from anfl_assets.catalog.duration import parse_hold
from anfl_assets.deliver.message import from_json
from anfl_assets.store.alerts.records import (
    Match,
    Notice,
    Outcome,
    Reading,
    Silence,
    State,
    Target,
)

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)  # a Monday
MINUTE = timedelta(minutes=1)


def watched(
    metric_id: str = "latency", *, hold: str = "1 evaluation", **changes: object
) -> Watched:
    """A metric that breaches as critical and misses its target as warning."""
    made = Watched(
        metric_id=metric_id,
        label=metric_id.capitalize(),
        domain="serving",
        owner="ml",
        hold=parse_hold(hold),
        severity={"breached": "critical", "no_data": "critical", "off_target": "warning"},
        feeds=frozenset({"prom"}),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


CRITICAL = SeverityPolicy(
    name="critical",
    rank=3,
    channels=("PagerDuty", "SMS", "Email"),
    response=5 * MINUTE,
    escalation=15 * MINUTE,
    ladder=("on_call", "owner", "executive"),
    update_every=5 * MINUTE,
    acknowledged_for=timedelta(hours=4),
    repeats=2,
)
WARNING = replace(
    CRITICAL,
    name="warning",
    rank=2,
    channels=("Email", "Slack"),
    response=timedelta(hours=1),
    escalation=timedelta(hours=4),
    ladder=("owner", "executive"),
)
INFORMATION = replace(
    CRITICAL,
    name="information",
    rank=1,
    channels=("Email", "Dashboard"),
    response=timedelta(days=1),
    escalation=None,
    ladder=("owner",),
    acknowledged_for=None,
    repeats=0,
    digest_channels=("Email",),
    digest_at=START.replace(hour=7).time(),
)


def policy(*metrics: Watched, **changes: object) -> Policy:
    """The severities of §4.2 over the given metrics."""
    made = Policy(
        watched={each.metric_id: each for each in metrics or (watched(),)},
        severities={each.name: each for each in (CRITICAL, WARNING, INFORMATION)},
        group_by=("metric",),
        inhibitions=(
            Inhibition(
                "dead source",
                Match(metric="source_freshness", kind="breached"),
                Match(kind="no_data"),
                ("feed",),
            ),
        ),
        flapping=Flapping(clears=3, within=timedelta(hours=1), calm=timedelta(minutes=30)),
        grace=Grace(gap=timedelta(days=1), length=timedelta()),
        retire_after=timedelta(days=1),
        following=frozenset({"PagerDuty", "Slack"}),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def reading(  # noqa: PLR0913 - one literal a column
    status: str,
    at: datetime,
    *,
    value: float | None = 120.0,
    metric_id: str = "latency",
    subject: str = "chat",
    grain: str = "5 minutes",
    feed: str | None = None,
    since: datetime | None = None,
) -> Reading:
    """A judgement of `latency` against 50 and 100 ms."""
    return Reading(
        metric_id=metric_id,
        subject=subject,
        grain=grain,
        status=status,
        value=None if status == "no_data" else value,
        unit="ms",
        target=50.0,
        target_operator="<",
        threshold=100.0,
        sample_count=10,
        since=since,
        window_start_at=at - 5 * MINUTE,
        window_end_at=at,
        judged_at=at,
        feed=feed,
    )


@dataclass
class World:
    """State, clock and everything that was sent, in order: `(minute, reason, channel, person)`.

    Beside each message the subject it speaks of first, and its de-duplication key.
    """

    policy: Policy
    state: State = field(default_factory=lambda: State({}, {}, ()))
    now: datetime = START
    sent: list[tuple[float, str, str, str]] = field(default_factory=list)
    subjects: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    silences_made: int = 0
    waiting: list[Notice] = field(default_factory=list)
    log: list[tuple[float, str]] = field(default_factory=list)
    dead: frozenset[str] = frozenset()

    @property
    def minute(self) -> float:
        """Minutes since the world began."""
        return (self.now - START) / MINUTE

    def see(self, minute: float, *statuses: str | Reading) -> None:
        """Let the judge speak at a minute: a status of chat's latency, or whole readings."""
        self.now = START + minute * MINUTE
        readings = [reading(each, self.now) if isinstance(each, str) else each for each in statuses]
        self.take(step(self.state, readings, self.policy, evaluator="metrics", now=self.now))

    def acknowledge(self, minute: float, incident_id: int = 1) -> None:
        """Let ana acknowledge."""
        self.now = START + minute * MINUTE
        self.take(
            by_hand.acknowledge(
                self.state, incident_id, self.policy, by="ana", via="test", now=self.now
            )
        )

    def resolve(self, minute: float, incident_id: int = 1) -> None:
        """Let ana close it."""
        self.now = START + minute * MINUTE
        self.take(
            by_hand.resolve(
                self.state, incident_id, self.policy, by="ana", reason="known", now=self.now
            )
        )

    def silence(self, minute: float, until: float, **pattern: str) -> None:
        """Let ana silence what matches until a minute."""
        self.now = START + minute * MINUTE
        ends_at = START + until * MINUTE
        self.silences_made += 1
        made = Silence(
            self.silences_made, Match(**pattern), "ana", "work", self.now, ends_at, self.now
        )
        self.take(by_hand.silence(self.state, made, self.policy, now=self.now))

    def take(self, outcome: Outcome) -> None:
        """Keep the outcome and let the postman send what is due."""
        self.log += [(self.minute, decision.verdict) for decision in outcome.decisions]
        for withdrawal in outcome.withdrawals:
            self.waiting = [
                each
                for each in self.waiting
                if each.is_digest
                or each.incident_id != withdrawal.incident_id
                or each.reason not in withdrawal.reasons
            ]
        self.waiting += outcome.notices
        self.state = outcome.state
        self.post()

    def post(self) -> None:
        """Send what is due on channels that live; incidents know who was told and who waits."""
        due = [
            each
            for each in self.waiting
            if each.not_before <= self.now and each.target.channel not in self.dead
        ]
        self.waiting = [each for each in self.waiting if each not in due]
        told: dict[int, list[Target]] = {}
        for each in due:
            self.sent.append((self.minute, each.reason, *each.target))
            message = from_json(each.body)
            self.subjects.append(message.lines[0].subject if message.lines else "")
            self.keys.append(message.dedup_key)
            told.setdefault(each.incident_id or 0, []).append(each.target)
        self.state = replace(
            self.state,
            incidents={
                number: replace(
                    incident,
                    told=tuple(dict.fromkeys((*incident.told, *told.get(number, ())))),
                    queued=tuple(
                        each.target for each in self.waiting if each.incident_id == number
                    ),
                )
                for number, incident in self.state.incidents.items()
            },
        )

    def reasons(self) -> list[tuple[float, str]]:
        """Return what was sent without saying to whom, each wave once."""
        return list(dict.fromkeys((minute, reason) for minute, reason, *_ in self.sent))
