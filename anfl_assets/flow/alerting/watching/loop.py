"""The watcher at work: look, conclude, tell, remember; one step every few seconds, without end.

It goes round the outbox and everything else that it watches. Whatever may hang (the state, an
address) is asked in a thread that nobody waits for.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from anfl_assets.deliver.message import Message
from anfl_assets.errors import WorkspaceError
from anfl_assets.flow.alerting.watching.conclude import (
    Ear,
    Limits,
    Look,
    Occasion,
    Told,
    Trouble,
    moment,
    occasion,
)
from anfl_assets.flow.alerting.watching.memory import Memory
from anfl_assets.flow.clock import Clock

SUBJECT = "Alerting itself is dead or stuck"
TO_DO = "Nobody is told of any metric until it runs again: see `anfl doctor`, then `anfl up`."
_OVER = "Alerting works again"
# A channel that did not take it is not asked again at every look.
_TELL_AGAIN_S = 30.0


@dataclass
class Watcher:
    """One watcher. `tell` hands a message to a person at once and returns whether it was taken.

    `place` names the machine; `when_well` is called at each look while all is well.
    """

    limits: Limits
    look: Callable[[], Look]
    tell: Callable[[Message], bool]
    memory: Memory
    clock: Clock
    place: str = ""
    when_well: Callable[[], None] = lambda: None
    say: Callable[[str], None] = lambda _: None
    _ear: Ear = field(init=False)
    _well_since: float | None = None
    _not_before: float = 0.0

    def __post_init__(self) -> None:
        """Begin to listen."""
        self._ear = Ear(self.limits, self.clock.now(), self.clock.monotonic())
        self._not_before = self.clock.monotonic()

    def run(self, stop: threading.Event) -> None:
        """Look again and again until asked to stop."""
        while not stop.is_set():
            self.step()
            stop.wait(self.limits.every_s)

    def step(self) -> None:
        """Look once; tell if it is time to."""
        found = self.look()
        now, at_s = self.clock.now(), self.clock.monotonic()
        troubles = self._ear.troubles(found, now, at_s)
        is_well = not troubles and not found.fault
        self._well_since = (self._well_since or at_s) if is_well else None
        told = self.memory.read()
        why = occasion(
            told,
            is_wrong=bool(troubles),
            is_calm=self._is_calm(at_s),
            now=now,
            limits=self.limits,
        )
        if why is not None and at_s >= self._not_before:
            self._tell(why, told or Told(now, now), troubles)
        if self._is_calm(at_s) and told is None:
            self.when_well()

    def _is_calm(self, at_s: float) -> bool:
        """Whether all was well for so long that it is more than one lucky beat."""
        return (
            self._well_since is not None
            and at_s - self._well_since >= self.limits.silent_s
            and self._ear.has_heard_all
        )

    def _tell(self, why: Occasion, told: Told, troubles: Sequence[Trouble]) -> None:
        now = self.clock.now()
        where = f" on {self.place}" if self.place else ""
        message = Message(
            reason="recovery" if why == "over" else "watch",
            severity="critical",
            at=now,
            dedup_key=f"anfl-watch-{told.began_at:%Y%m%dT%H%M%S}",
            opened_at=told.began_at,
            note=_note(why, told, troubles),
            subject_line=f"{_OVER if why == 'over' else SUBJECT}{where}",
        )
        self.say(f"{message.subject_line}. {message.note}")
        if not self.tell(message):
            self._not_before = self.clock.monotonic() + _TELL_AGAIN_S
            return
        try:
            if why == "over":
                self.memory.forget()
            else:
                self.memory.keep(Told(told.began_at, now))
        except WorkspaceError as error:
            self.say(f"{error}; a restart of the watcher may tell this twice")


def _note(why: Occasion, told: Told, troubles: Sequence[Trouble]) -> str:
    if why == "over":
        return f"{_OVER}, after trouble since {moment(told.began_at)}."
    told_again = f" This began at {moment(told.began_at)}." if why == "again" else ""
    found = "; ".join(trouble.text for trouble in troubles)
    return f"{found[:1].upper()}{found[1:]}.{told_again} {TO_DO}"


@dataclass
class Background:
    """Does one thing at a time in a thread of its own, and is not held up when that hangs."""

    name: str
    _thread: threading.Thread | None = None

    def start(self, work: Callable[[], None]) -> bool:
        """Begin the work unless the last one still hangs; return whether it was begun."""
        if self._thread is not None and self._thread.is_alive():
            return False
        self._thread = threading.Thread(target=work, name=self.name, daemon=True)
        self._thread.start()
        return True

    def wait(self, limit_s: float) -> bool:
        """Wait for the work; return whether it ended within the limit."""
        if self._thread is not None:
            self._thread.join(limit_s)
        return self._thread is None or not self._thread.is_alive()


@dataclass
class Patient:
    """A look that answers within `limit_s` whatever the state does."""

    look: Callable[[], Look]
    limit_s: float
    _background: Background = field(default_factory=lambda: Background("look"))
    _found: list[Look] = field(default_factory=list)

    def __call__(self) -> Look:
        """Return what was read, or that there was no answer in time."""

        def read() -> None:
            self._found.append(self.look())

        has_begun = self._background.start(read)
        is_over = self._background.wait(self.limit_s)
        found, self._found = self._found, []
        if is_over and has_begun and found:
            return found[-1]
        return Look(fault=f"no answer within {self.limit_s:g} s")


@dataclass
class Sparingly:
    """Does something in the background, at most every `every_s`."""

    every_s: float
    work: Callable[[], None]
    clock: Clock
    _background: Background = field(default_factory=lambda: Background("ping"))
    _last: float | None = None

    def __call__(self) -> None:
        """Do it if it is time."""
        at_s = self.clock.monotonic()
        if self._last is None or at_s - self._last >= self.every_s:
            self._last = at_s
            self._background.start(self.work)
