"""One evaluation for all who look, and none while nobody does."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from anfl_assets.errors import WorkspaceError
from anfl_assets.flow.clock import SYSTEM_CLOCK
from anfl_assets.flow.live import LiveBoard
from anfl_assets.pages.live.hub import Hub
from anfl_assets.store.workspace import Workspace


@dataclass
class Counting:
    """A live path that counts how often it was asked; `fails` says which looks find nothing."""

    fails: frozenset[int] = frozenset()
    asked: int = 0
    closed: int = 0
    moments: list[datetime] = field(default_factory=list)

    def board(self, *, now: datetime) -> LiveBoard:
        """Answer, or find nothing."""
        self.asked += 1
        self.moments.append(now)
        if self.asked in self.fails:
            raise WorkspaceError("nothing was collected live yet")
        return LiveBoard([], (), frozenset(), None)  # type: ignore[arg-type]

    def __exit__(self, *_: object) -> None:
        """Count."""
        self.closed += 1


def _hub(path: Counting) -> Hub:
    hub = Hub(Workspace(Path("nowhere")), {}, SYSTEM_CLOCK, every_s=0.01)
    hub._open = lambda: path  # type: ignore[method-assign, assignment, return-value]
    return hub


async def _take(hub: Hub, count: int) -> list[int]:
    found = []
    async for tick in hub.ticks():
        found.append(tick.number)
        if len(found) == count:
            break
    return found


def test_two_who_look_at_once_share_each_evaluation() -> None:
    async def look() -> tuple[list[int], list[int]]:
        both = await asyncio.gather(_take(hub, 3), _take(hub, 3))
        return both[0], both[1]

    path = Counting()
    hub = _hub(path)
    assert asyncio.run(look()) == ([1, 2, 3], [1, 2, 3])
    assert path.asked <= 4


def test_nothing_is_evaluated_once_nobody_looks_and_it_goes_on_for_the_next() -> None:
    async def look() -> tuple[int, int, list[int]]:
        await _take(hub, 1)
        await asyncio.sleep(0.1)
        after = path.asked
        await asyncio.sleep(0.1)
        return after, path.asked, await _take(hub, 1)

    path = Counting()
    hub = _hub(path)
    after, later, again = asyncio.run(look())
    assert after == later
    assert again == [later + 1]


def test_a_failed_look_is_told_in_words_and_opens_the_path_anew() -> None:
    async def look() -> list[str]:
        told = []
        async for tick in hub.ticks():
            told.append(tick.problem)
            if len(told) == 2:
                return told
        return told

    path = Counting(fails=frozenset({1}))
    hub = _hub(path)
    assert asyncio.run(look()) == ["nothing was collected live yet", ""]
    assert path.closed == 1
    assert all(moment.tzinfo is UTC for moment in path.moments)


def test_at_the_end_everybody_who_listens_is_let_go() -> None:
    async def look() -> list[list[int]]:
        hub = _hub(Counting())
        hub.every_s = 60.0
        listening = [asyncio.create_task(_take(hub, 2)) for _ in range(3)]
        await _take(hub, 1)
        await hub.end()
        seen = await asyncio.wait_for(asyncio.gather(*listening), 5)
        hub.close()
        return seen

    assert all(each in ([], [1]) for each in asyncio.run(look()))


def test_more_who_look_than_the_pages_can_bear_are_told() -> None:
    hub = _hub(Counting())
    assert not hub.is_full
    hub._listeners = 500
    assert hub.is_full
