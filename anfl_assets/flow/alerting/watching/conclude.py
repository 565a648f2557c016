"""What the watcher concludes: is alerting alive, and is it time to say that it is not.

A beat that no longer changes is a process that is dead, stopped or stuck; how long it has not is
told by this process's own monotonic clock, so that no other machine's clock matters. No reading
and no sending is here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from anfl_assets.wording.numbers import span

STATE, OUTBOX = "state", "outbox"
# The beats that must go on, and what the process behind each is called.
PROCESSES: Mapping[str, str] = {"metrics": "the evaluator", "delivery": "the deliverer"}


@dataclass(frozen=True)
class Limits:
    """In seconds: how often it looks, how long silence may last, when it tells again.

    `grace_s` is what the services may take to start: until it is over, only a beat that was heard
    to go on can be heard to stop.
    """

    every_s: float = 10.0
    silent_s: float = 60.0
    overdue_s: float = 300.0
    grace_s: float = 180.0
    again_s: float = 3600.0


@dataclass(frozen=True)
class Look:
    """What the state of alerting said; `fault` is why it said nothing.

    `waiting_since` is since when the oldest message could have been sent that was not.
    """

    beats: Mapping[str, datetime] = field(default_factory=dict)
    waiting_since: datetime | None = None
    fault: str = ""


@dataclass(frozen=True)
class Trouble:
    """One thing that does not go on, in words."""

    what: str
    text: str


@dataclass
class Ear:
    """Listens to the beats of one stretch of watching; times are monotonic seconds."""

    limits: Limits
    started_at: datetime
    started_s: float
    _heard: dict[str, float] = field(default_factory=dict)
    _beats: dict[str, datetime] = field(default_factory=dict)
    _last_s: float | None = None

    def troubles(self, look: Look, now: datetime, at_s: float) -> tuple[Trouble, ...]:
        """Return what is wrong at this look."""
        self._forgive_own_pause(at_s)
        self._listen(look, at_s)
        if look.fault:
            told = f"the state of alerting cannot be read: {look.fault}"
            return (Trouble(STATE, told),) if self._is_silent(STATE, at_s) else ()
        silent = [
            Trouble(name, _silence(named, self._beats.get(name), now))
            for name, named in PROCESSES.items()
            if self._is_silent(name, at_s)
        ]
        since = look.waiting_since
        overdue = timedelta(seconds=self.limits.overdue_s)
        # What was due before the services were started gets its time from then on.
        if since is not None and now - max(since, self.started_at) > overdue:
            silent.append(Trouble(OUTBOX, f"a message has waited to be sent since {moment(since)}"))
        return tuple(silent)

    @property
    def has_heard_all(self) -> bool:
        """Whether every process was heard to go on: only then can anything be said to be well."""
        return all(name in self._heard for name in PROCESSES)

    def _listen(self, look: Look, at_s: float) -> None:
        if not look.fault:
            self._heard[STATE] = at_s
        for name, beat in look.beats.items():
            # The first sight of a beat says nothing: it may be of a system stopped yesterday.
            if name in self._beats and self._beats[name] != beat:
                self._heard[name] = at_s
            self._beats[name] = beat

    def _is_silent(self, name: str, at_s: float) -> bool:
        heard = self._heard.get(name)
        if heard is None:
            return at_s - self.started_s > self.limits.grace_s
        return at_s - heard > self.limits.silent_s

    def _forgive_own_pause(self, at_s: float) -> None:
        """Let what was stopped together with this process (a machine that slept) go on first."""
        last, self._last_s = self._last_s, at_s
        if last is None or at_s - last <= max(3 * self.limits.every_s, self.limits.silent_s / 2):
            return
        pause = at_s - last
        self.started_s += pause
        self._heard = {name: heard + pause for name, heard in self._heard.items()}


Occasion = Literal["first", "again", "over"]


@dataclass(frozen=True)
class Told:
    """What people were told: when it began, when they heard of it last."""

    began_at: datetime
    told_at: datetime


def occasion(
    told: Told | None, *, is_wrong: bool, is_calm: bool, now: datetime, limits: Limits
) -> Occasion | None:
    """Return why somebody must be told now, None where nobody must.

    `is_calm`: nothing has been wrong for long enough to say that it is over.
    """
    if told is None:
        return "first" if is_wrong else None
    if is_calm:
        return "over"
    # Clocks are set back: an hour is an hour in either direction.
    is_long_ago = abs(now - told.told_at) >= timedelta(seconds=limits.again_s)
    return "again" if is_wrong and is_long_ago else None


def moment(at: datetime) -> str:
    """Write a moment for people."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _silence(named: str, beat: datetime | None, now: datetime) -> str:
    if beat is None:
        return f"{named} has never run"
    ago = f", {span(now - beat)} ago" if now > beat else ""
    return f"{named} last ran at {moment(beat)}{ago}"
