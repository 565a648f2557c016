"""The whole policy on stored history, with a virtual clock: what would people have been told?

By transitions: the pipeline is stepped where a run begins, at every window while something is held
back or on its way back to normal, and whenever something is due without new readings. In between
nothing can change, which a test shows by stepping through every window.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from anfl_assets.alert.act import Acknowledge, AcknowledgeAfter, Act, concerns
from anfl_assets.alert.condition import says_nothing
from anfl_assets.alert.cursor import Cursor
from anfl_assets.alert.pipeline import step, wake_at
from anfl_assets.alert.policy import Policy
from anfl_assets.alert.track import History, microseconds, moment
from anfl_assets.alert.virtual_outbox import Sent, VirtualOutbox
from anfl_assets.store.alerts.records import Decision, Incident, Outcome, State

EVALUATOR = "metrics"
_MOMENT = timedelta(microseconds=1)
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Replayed:
    """What a replay found between its start and end.

    `incidents` in the order they opened, each as it was at the end; `steps` is how often the
    pipeline was stepped.
    """

    messages: tuple[Sent, ...]
    decisions: tuple[Decision, ...]
    incidents: tuple[Incident, ...]
    steps: int


def replay(
    history: History,
    policy: Policy,
    *,
    start: datetime,
    end: datetime,
    acts: Sequence[Act | AcknowledgeAfter] = (),
    on_moment: Callable[[datetime], None] = lambda _: None,
) -> Replayed:
    """Replay a policy from `start` to `end`; `on_moment` is told how far it has come.

    The clock begins with the history, which may go back further: what began before the start is
    known then, and its messages are not counted. Nobody acknowledges anything but by `acts`.
    """
    course = _Course(policy, Cursor(history.tracks), tuple(acts))
    while True:
        now = course.next_at()
        if now is None or now > end:
            break
        course.go(now)
        on_moment(now)
    return Replayed(
        messages=tuple(each for each in course.outbox.sent if each.at >= start),
        decisions=tuple(each for each in course.decisions if each.at >= start),
        incidents=tuple(
            each
            for each in course.incidents.values()
            if each.resolved_at is None or each.resolved_at >= start
        ),
        steps=course.steps,
    )


@dataclass
class _Course:
    """The state of a replay between two moments."""

    policy: Policy
    feed: Cursor
    script: tuple[Act | AcknowledgeAfter, ...]
    state: State = field(default_factory=lambda: State({}, {}, ()))
    outbox: VirtualOutbox = field(default_factory=VirtualOutbox)
    decisions: list[Decision] = field(default_factory=list)
    incidents: dict[int, Incident] = field(default_factory=dict)
    steps: int = 0
    now: datetime = _BEGINNING
    sweeps: list[datetime] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._acts = sorted(
            (each for each in self.script if not isinstance(each, AcknowledgeAfter)),
            key=lambda each: each.at,
        )

    def next_at(self) -> datetime | None:
        """Return the next moment at which anything can happen."""
        next_us = self.feed.next_us()
        moments = [
            None if next_us is None else moment(next_us),
            wake_at(self.state, self.policy, now=self.now),
            self.outbox.next_at,
            self.sweeps[0] if self.sweeps else None,
            self._acts[0].at if self._acts else None,
        ]
        return min((each for each in moments if each is not None), default=None)

    def go(self, now: datetime) -> None:
        """Do everything that is due at a moment: people first, then messages, then the judge."""
        self.now = now
        now_us = microseconds(now)
        if self._acts and self._acts[0].at <= now:
            self.state = self._caught_up(self.feed.begun(), now_us - 1)
        while self._acts and self._acts[0].at <= now:
            for outcome in self._acts.pop(0).done(self.state, self.policy):
                self._keep(outcome)
        self._send()
        spoke = self.feed.take(now_us)
        outcome = self._step(spoke)
        self._keep(outcome)
        self._send()
        for number in self._unsettled(spoke) | self._decided(outcome):
            self.feed.follow(number, now_us)
        if any(self.feed.is_gone(number) for number in spoke):
            self.sweeps.append(now + self.policy.retire_after + _MOMENT)

    def _step(self, spoke: set[int]) -> Outcome:
        """Step the pipeline with what was said just now.

        Of what goes on unchanged the readings are left alone; only where something is told or
        decided of it they are caught up with, and the step, a pure function, is taken again.
        """
        self.steps += 1
        if self.sweeps and self.sweeps[0] <= self.now:
            up_for = self.policy.retire_after + (self.sweeps.pop(0) - _BEGINNING)
            return self._stepped(self.state, self.feed.begun(), up_for)
        state = self._caught_up(spoke, microseconds(self.now) - 1)
        outcome = self._stepped(state, spoke, self.policy.retire_after)
        if not outcome.notices and all(self._is_of(each, spoke) for each in outcome.decisions):
            return outcome
        self.state = state
        others = set(range(len(self.feed.tracks))) - spoke
        state = self._caught_up(others, microseconds(self.now))
        return self._stepped(state, spoke, self.policy.retire_after)

    def _is_of(self, decision: Decision, spoke: set[int]) -> bool:
        key = decision.condition
        return key is None or self.feed.by_key[key[:3]] in spoke

    def _stepped(self, state: State, numbers: set[int], up_for: timedelta) -> Outcome:
        """Step an evaluator that has been up for so long: a replay knows no downtime of its own.

        What is not spoken of is retired once the evaluator has been up for longer than
        `retire_after`: it never is but where a subject is gone.
        """
        beats = {EVALUATOR: self.now}
        awake = replace(state, beats=beats, up_since={EVALUATOR: self.now - up_for})
        readings = self.feed.readings(numbers, microseconds(self.now))
        return step(awake, readings, self.policy, evaluator=EVALUATOR, now=self.now)

    def _caught_up(self, numbers: set[int], by_us: int) -> State:
        """Return the state with what fires as its last window was judged by a moment."""
        conditions = dict(self.state.conditions)
        for key, condition in self.state.conditions.items():
            number = self.feed.by_key[key[:3]]
            if condition.phase == "firing" and number in numbers:
                reading = self.feed.reading(number, by_us)
                if reading is not None and not says_nothing(key.kind, reading):
                    conditions[key] = replace(
                        condition, reading=reading, judged_at=reading.judged_at
                    )
        return replace(self.state, conditions=conditions)

    def _unsettled(self, spoke: set[int]) -> set[int]:
        """Return the tracks whose next window matters: held back, or good and not yet over."""
        return {
            number
            for key, condition in self.state.conditions.items()
            if condition.phase == "pending"
            or (condition.phase == "firing" and condition.good_since is not None)
            if (number := self.feed.by_key[key[:3]]) in spoke
        }

    def _decided(self, outcome: Outcome) -> set[int]:
        """Return the tracks of which something else was decided: the next window may answer."""
        keys = (each.condition for each in outcome.decisions)
        return {self.feed.by_key[key[:3]] for key in keys if key is not None}

    def _keep(self, outcome: Outcome) -> None:
        self.state = outcome.state
        self.outbox.keep(outcome)
        self.decisions.extend(outcome.decisions)
        self.incidents.update({each.incident_id: each for each in outcome.incidents})

    def _send(self) -> None:
        """Let the messages go that may; what they tell of may be acknowledged in a while."""
        opened = {
            notice.incident_id
            for each in self.outbox.send(self.now)
            for notice in each.notices
            if each.reason == "first"
        }
        self.state = self.outbox.with_told(self.state)
        for habit in self.script:
            if isinstance(habit, AcknowledgeAfter):
                for incident_id in opened:
                    self._expect(habit, incident_id)

    def _expect(self, habit: AcknowledgeAfter, incident_id: int | None) -> None:
        if incident_id is not None and concerns(habit.match, self.state, self.policy, incident_id):
            act = Acknowledge(self.now + habit.after, habit.by, incident_id=incident_id)
            self._acts.append(act)
            self._acts.sort(key=lambda each: each.at)
