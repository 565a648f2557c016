"""The watcher concludes from beats: who is silent, when to tell, when it is over."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from anfl_assets.deliver.message import Message
from anfl_assets.flow.alerting.watching.conclude import Limits, Look
from anfl_assets.flow.alerting.watching.loop import Background, Patient, Sparingly, Watcher
from anfl_assets.flow.alerting.watching.memory import Memory
from anfl_assets.flow.clock import Clock

START = datetime(2026, 11, 23, 12, tzinfo=UTC)


@dataclass
class World:
    """A made-up machine: two processes that beat, a watcher that looks every ten seconds."""

    folder: Path
    at_s: float = 0.0
    beating: set[str] = field(default_factory=lambda: {"metrics", "delivery"})
    beats: dict[str, datetime] = field(default_factory=dict)
    waiting_since: datetime | None = None
    fault: str = ""
    is_taken: bool = True
    told: list[tuple[float, Message]] = field(default_factory=list)
    pings: int = 0

    def now(self) -> datetime:
        """Return the time."""
        return START + timedelta(seconds=self.at_s)

    def watcher(self) -> Watcher:
        """Start a watcher."""

        def tell(message: Message) -> bool:
            self.told.append((self.at_s, message))
            return self.is_taken

        def ping() -> None:
            self.pings += 1

        return Watcher(
            Limits(),
            lambda: Look(dict(self.beats), self.waiting_since, self.fault),
            tell,
            Memory(self.folder / "state" / "watch.json"),
            Clock(self.now, lambda: self.at_s),
            place="db-7",
            when_well=ping,
        )

    def run(self, watcher: Watcher, seconds: float) -> None:
        """Let time pass."""
        until = self.at_s + seconds
        while self.at_s < until:
            self.beats |= dict.fromkeys(self.beating, self.now())
            watcher.step()
            self.at_s += 10

    def said(self) -> list[tuple[float, str]]:
        """Return what was told, and when."""
        return [(at_s, message.note) for at_s, message in self.told]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_while_both_run_nobody_is_told_and_the_outside_hears_of_it(world: World) -> None:
    world.run(world.watcher(), 600)
    assert world.told == []
    assert world.pings > 40


def test_a_silent_evaluator_is_told_once_within_90_seconds_and_again_after_an_hour(
    world: World,
) -> None:
    watcher = world.watcher()
    world.run(watcher, 300)
    world.beating.remove("metrics")
    pings = world.pings
    world.run(watcher, 3700)
    assert world.pings <= pings + 7
    first, again = world.said()
    assert first[0] == 360.0
    assert first[1] == (
        "The evaluator last ran at 2026-11-23 12:04:50 UTC, 1 min 10 s ago. Nobody is told of any "
        "metric until it runs again: see `anfl doctor`, then `anfl up`."
    )
    assert again[0] == 3960.0
    assert "This began at 2026-11-23 12:06:00 UTC." in again[1]
    assert {message.subject_line for _, message in world.told} == {
        "Alerting itself is dead or stuck on db-7"
    }
    assert {message.reason for _, message in world.told} == {"watch"}
    assert len({message.dedup_key for _, message in world.told}) == 1


def test_its_recovery_is_told_once_when_it_lasted(world: World) -> None:
    watcher = world.watcher()
    world.run(watcher, 300)
    world.beating.clear()
    world.run(watcher, 120)
    world.beating |= {"metrics", "delivery"}
    world.run(watcher, 600)
    first, over = world.told
    assert "The evaluator last ran" in first[1].note
    assert "the deliverer last ran" in first[1].note
    assert (over[0], over[1].reason) == (480.0, "recovery")
    assert over[1].subject_line == "Alerting works again on db-7"
    assert over[1].note == "Alerting works again, after trouble since 2026-11-23 12:06:00 UTC."
    assert over[1].dedup_key == first[1].dedup_key


def test_services_that_start_slowly_are_waited_for(world: World) -> None:
    world.beats = {"metrics": START - timedelta(days=1)}
    world.beating.clear()
    watcher = world.watcher()
    world.run(watcher, 170)
    world.beating |= {"metrics", "delivery"}
    world.run(watcher, 300)
    assert world.told == []


def test_services_that_never_start_are_told_after_the_grace(world: World) -> None:
    world.beats = {"metrics": START - timedelta(days=1)}
    world.beating.clear()
    world.run(world.watcher(), 400)
    [(at_s, note)] = world.said()
    assert at_s == 190.0
    assert note.startswith(
        "The evaluator last ran at 2026-11-22 12:00:00 UTC, 1 d ago; the deliverer has never run. "
    )


def test_a_restarted_watcher_tells_nothing_twice_and_still_tells_the_recovery(
    world: World,
) -> None:
    watcher = world.watcher()
    world.run(watcher, 300)
    world.beating.remove("delivery")
    world.run(watcher, 200)
    assert len(world.told) == 1
    watcher = world.watcher()
    world.run(watcher, 1200)
    assert len(world.told) == 1
    world.beating.add("delivery")
    world.run(watcher, 300)
    assert [message.reason for _, message in world.told] == ["watch", "recovery"]
    world.run(world.watcher(), 300)
    assert len(world.told) == 2


def test_a_state_that_cannot_be_read_is_trouble_of_its_own(world: World) -> None:
    watcher = world.watcher()
    world.run(watcher, 300)
    world.fault = "the disk is gone"
    world.run(watcher, 200)
    assert [(at_s, note[:57]) for at_s, note in world.said()] == [
        (360.0, "The state of alerting cannot be read: the disk is gone. N")
    ]


def test_a_message_that_waits_too_long_is_a_stuck_deliverer(world: World) -> None:
    watcher = world.watcher()
    world.waiting_since = START - timedelta(hours=9)
    world.run(watcher, 400)
    assert world.said()[0][0] == 310.0
    assert "a message has waited to be sent since 2026-11-23 03:00:00" in world.said()[0][1].lower()


def test_what_no_channel_took_is_tried_again_until_one_does(world: World) -> None:
    watcher = world.watcher()
    world.run(watcher, 300)
    world.beating.clear()
    world.is_taken = False
    world.run(watcher, 150)
    assert [at_s for at_s, _ in world.told] == [360.0, 390.0, 420.0]
    world.is_taken = True
    world.run(watcher, 600)
    assert [at_s for at_s, _ in world.told] == [360.0, 390.0, 420.0, 450.0]


def test_a_machine_that_slept_gives_its_processes_time_to_go_on(world: World) -> None:
    watcher = world.watcher()
    world.run(watcher, 300)
    world.at_s += 8 * 3600
    world.beating.clear()
    world.run(watcher, 50)
    world.beating |= {"metrics", "delivery"}
    world.run(watcher, 300)
    assert world.told == []


def test_a_clock_that_is_set_back_hides_no_death(world: World) -> None:
    watcher = world.watcher()
    world.run(watcher, 300)
    world.beating.clear()
    world.beats = {name: beat + timedelta(days=1) for name, beat in world.beats.items()}
    world.run(watcher, 120)
    assert [at_s for at_s, _ in world.told] == [370.0]
    assert "ago" not in world.told[0][1].note


def test_a_damaged_memory_is_none_and_a_folder_that_takes_nothing_ends_nothing(
    world: World, tmp_path: Path
) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "watch.json").write_text('{"began_at": 7')
    assert Memory(tmp_path / "state" / "watch.json").read() is None
    (tmp_path / "state" / "watch.json").unlink()
    (tmp_path / "state" / "watch.new").mkdir()
    watcher = world.watcher()
    world.run(watcher, 300)
    world.beating.clear()
    world.run(watcher, 600)
    assert len(world.told) == 1


def test_a_state_that_hangs_is_no_answer_and_is_not_asked_twice_at_once() -> None:
    hang, asked = threading.Event(), []

    def look() -> Look:
        asked.append(1)
        hang.wait(60)
        return Look()

    patient = Patient(look, limit_s=0.05)
    assert patient().fault == "no answer within 0.05 s"
    assert patient().fault == "no answer within 0.05 s"
    assert len(asked) == 1
    hang.set()
    assert patient._background.wait(60)
    assert patient() == Look()


def test_the_outside_is_pinged_at_most_once_a_minute() -> None:
    clock, pings = [0.0], []
    background = Background("ping")
    ping = Sparingly(
        60.0, lambda: pings.append(clock[0]), Clock(lambda: START, lambda: clock[0]), background
    )
    for at_s in range(0, 180, 10):
        clock[0] = float(at_s)
        ping()
        assert background.wait(60)
    assert pings == [0.0, 60.0, 120.0]
