"""The pure core against a small second opinion: any order of events, the same messages.

The reference below is written for one metric whose subjects are incidents of their own, without
holds: plain loops, no records shared with the core.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from anfl_assets.alert.policy import Flapping, Policy
from tests.unit.alert.world import CRITICAL, INFORMATION, MINUTE, START, WARNING, World, policy
from tests.unit.alert.world import reading as judged

SUBJECTS = ("a", "b", "c")
LADDER = ("on_call", "ml", "executive")
RESPOND, ESCALATE, ACKNOWLEDGED, REPEATS = 5, 15, 240, 2


@dataclass
class Subject:
    """What the reference remembers of one subject."""

    fires: bool = False
    is_open: bool = False
    is_by_hand: bool = False
    is_acknowledged: bool = False
    muted_at: int | None = None
    level: int = 0
    repeats: int = 0
    told: list[str] = field(default_factory=list)
    due: dict[str, int] = field(default_factory=dict)


@dataclass
class Reference:
    """Who gets an SMS, why and when: `(minute, subject, reason, person)`."""

    subjects: dict[str, Subject] = field(default_factory=lambda: {s: Subject() for s in SUBJECTS})
    silences: list[tuple[str, int, int]] = field(default_factory=list)
    sent: list[tuple[int, str, str, str]] = field(default_factory=list)

    def see(self, now: int, statuses: dict[str, str]) -> None:
        """Take statuses, then do what is due for every subject."""
        for name, status in statuses.items():
            subject = self.subjects[name]
            if status == "breached":
                subject.fires = True
            elif status == "on_target" and subject.fires:
                if subject.is_open:
                    self._tell(now, name, "recovery", *subject.told)
                self.subjects[name] = Subject()
        for name in SUBJECTS:
            self._attend(now, name)

    def acknowledge(self, now: int, name: str) -> None:
        """Somebody takes it on."""
        subject = self.subjects[name]
        if not subject.is_acknowledged:
            subject.is_acknowledged, subject.due = True, {"remind": now + ACKNOWLEDGED}

    def resolve(self, now: int, name: str) -> None:
        """Somebody closes it."""
        self._tell(now, name, "recovery", *self.subjects[name].told)
        self.subjects[name] = Subject(fires=True, is_by_hand=True)

    def _attend(self, now: int, name: str) -> None:
        subject = self.subjects[name]
        if not subject.fires or subject.is_by_hand:
            return
        if any(who == name and begin <= now < end for who, begin, end in self.silences):
            if subject.is_open and subject.muted_at is None:
                subject.muted_at = now
        elif subject.is_open:
            self._go_on(now, name, subject)
        else:
            subject.is_open = True
            subject.told = [LADDER[0]]
            subject.due = {"respond": now + RESPOND, "escalate": now + ESCALATE}
            self._tell(now, name, "first", LADDER[0])

    def _go_on(self, now: int, name: str, subject: Subject) -> None:
        if subject.muted_at is not None:
            subject.due = {step: at + now - subject.muted_at for step, at in subject.due.items()}
            subject.muted_at = None
            if not subject.is_acknowledged:
                self._tell(now, name, "reminder", *subject.told)
        for step, at in sorted(subject.due.items(), key=lambda each: each[1]):
            if at <= now:
                del subject.due[step]
                getattr(self, f"_{step}")(now, name, subject)

    def _respond(self, now: int, name: str, subject: Subject) -> None:
        self._tell(now, name, "repeat", LADDER[subject.level])

    def _escalate(self, now: int, name: str, subject: Subject) -> None:
        if subject.level + 1 < len(LADDER):
            subject.level += 1
            subject.told.append(LADDER[subject.level])
        elif subject.repeats < REPEATS:
            subject.repeats += 1
        else:
            return
        self._tell(now, name, "escalation", LADDER[subject.level])
        subject.due["escalate"] = now + ESCALATE

    def _remind(self, now: int, name: str, subject: Subject) -> None:
        subject.is_acknowledged = False
        subject.due = {"respond": now + RESPOND, "escalate": now + ESCALATE}
        self._tell(now, name, "reminder", *subject.told)

    def _tell(self, now: int, name: str, reason: str, *people: str) -> None:
        self.sent += [(now, name, reason, person) for person in people]


def model_policy() -> Policy:
    """Each subject an incident of its own, nothing flaps, the same ladder for all."""
    severities = (CRITICAL, WARNING, INFORMATION)
    made = policy(flapping=Flapping(10**6, timedelta(hours=1), timedelta()))
    return replace(
        made,
        group_by=("metric", "subject"),
        severities={each.name: replace(each, ladder=LADDER) for each in severities},
    )


class AnyOrderOfEvents(RuleBasedStateMachine):
    """Readings, clocks, acknowledgements, silences and hands, in any order."""

    @initialize()
    def begin(self) -> None:
        """Begin with nothing wrong."""
        self._begin()

    def _begin(self) -> None:
        self.world = World(model_policy())
        self.reference = Reference()
        self.minute = 0

    def _open(self) -> dict[str, int]:
        return {
            condition.key.subject: condition.incident_id
            for condition in self.world.state.conditions.values()
            if condition.phase == "firing" and condition.incident_id is not None
        }

    @rule(
        minutes=st.sampled_from((0, 1, 4, 5, 14, 15, 16, 61, 250)),
        statuses=st.dictionaries(
            st.sampled_from(SUBJECTS),
            st.sampled_from(("breached", "breached", "on_target", "insufficient")),
        ),
    )
    def see(self, minutes: int, statuses: dict[str, str]) -> None:
        """Let time pass and the judge speak of some subjects."""
        self.minute += minutes
        at = START + self.minute * MINUTE
        self.world.see(
            self.minute,
            *(judged(status, at, subject=name) for name, status in statuses.items()),
        )
        self.reference.see(self.minute, statuses)

    @precondition(lambda self: self._open())
    @rule(data=st.data())
    def fall_silent(self, data: st.DataObject) -> None:
        """Let a subject that fires fall silent."""
        name = data.draw(st.sampled_from(sorted(self._open())))
        at = START + self.minute * MINUTE
        self.world.see(self.minute, judged("no_data", at, subject=name))
        self.reference.see(self.minute, {name: "no_data"})

    @precondition(lambda self: self._open())
    @rule(data=st.data())
    def acknowledge(self, data: st.DataObject) -> None:
        """Acknowledge an open incident."""
        name = data.draw(st.sampled_from(sorted(self._open())))
        self.world.acknowledge(self.minute, self._open()[name])
        self.reference.acknowledge(self.minute, name)

    @precondition(lambda self: self._open())
    @rule(data=st.data())
    def resolve(self, data: st.DataObject) -> None:
        """Close an open incident by hand."""
        name = data.draw(st.sampled_from(sorted(self._open())))
        self.world.resolve(self.minute, self._open()[name])
        self.reference.resolve(self.minute, name)

    @rule(name=st.sampled_from(SUBJECTS), length=st.sampled_from((1, 10, 30)))
    def silence(self, name: str, length: int) -> None:
        """Silence a subject for some minutes."""
        self.world.silence(self.minute, self.minute + length, subject=name)
        self.reference.silences.append((name, self.minute, self.minute + length))

    @precondition(lambda self: self._open())
    @rule(data=st.data(), length=st.sampled_from((2, 6, 20)))
    def silence_what_is_open_and_hear_it_again(self, data: st.DataObject, length: int) -> None:
        """Mute an open incident, look at it muted, and once more when the silence is over."""
        name = data.draw(st.sampled_from(sorted(self._open())))
        self.silence(name, length)
        self.see(1, {name: "breached"})
        self.see(length, {name: "breached"})

    @invariant()
    def both_told_the_same(self) -> None:
        """The core and the reference sent the same SMS."""
        if not hasattr(self, "world"):
            return
        told = [
            (minute, subject, reason, person)
            for (minute, reason, channel, person), subject in zip(
                self.world.sent, self.world.subjects, strict=True
            )
            if channel == "SMS"
        ]
        assert sorted(told) == sorted(self.reference.sent)

    @invariant()
    def one_recovery_each_and_only_to_those_who_were_told(self) -> None:
        """No incident ends twice, or for somebody who never heard of it."""
        if not hasattr(self, "world"):
            return
        by_key: dict[str, list[tuple[str, str, str]]] = {}
        for (_, reason, channel, person), key in zip(self.world.sent, self.world.keys, strict=True):
            by_key.setdefault(key, []).append((reason, channel, person))
        for messages in by_key.values():
            ended = [each[1:] for each in messages if each[0] == "recovery"]
            told = {each[1:] for each in messages if each[0] != "recovery"}
            assert len(ended) == len(set(ended))
            assert not ended or set(ended) == told


AnyOrderOfEvents.TestCase.settings = settings(
    max_examples=30, stateful_step_count=40, deadline=None
)
TestAnyOrderOfEvents = AnyOrderOfEvents.TestCase
