"""One live evaluation for everybody who looks: every five seconds while anybody does.

DuckDB's connections belong to one thread, so the evaluation has a thread of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from anfl_assets.errors import AnflError
from anfl_assets.flow.clock import Clock
from anfl_assets.flow.live import LiveBoard, LivePath
from anfl_assets.store.workspace import Workspace

EVERY_S = 5.0
# Each costs about 0.2 MiB, and its part of every tick.
_MOST_LISTENERS = 500


@dataclass(frozen=True)
class Tick:
    """One evaluation: its number and moment, and the live board or why there is none."""

    number: int
    at: datetime
    board: LiveBoard | None
    problem: str = ""


@dataclass
class Hub:
    """Evaluates while there are listeners; keeps the newest tick for who comes next."""

    workspace: Workspace
    environ: Mapping[str, str]
    clock: Clock
    every_s: float = EVERY_S
    newest: Tick | None = None
    _listeners: int = 0
    _has_ended: bool = False
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    _running: asyncio.Task[None] | None = None
    _thread: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="live")
    )
    _path: LivePath | None = None

    async def ticks(self) -> AsyncIterator[Tick]:
        """Yield the newest tick, and each that follows; one that is slow misses some, never waits.

        A tick from before anybody looked is not yielded: it may be old. Nothing follows `end`.
        """
        self._listeners += 1
        self._start()
        seen = 0 if self.is_fresh else (self.newest.number if self.newest else 0)
        try:
            while (tick := await self._after(seen)) is not None:
                seen = tick.number
                yield tick
        finally:
            self._listeners -= 1

    async def _after(self, number: int) -> Tick | None:
        async with self._changed:
            while not self._has_ended:
                if self.newest is not None and self.newest.number > number:
                    return self.newest
                await self._changed.wait()
        return None

    @property
    def is_full(self) -> bool:
        """Whether more listeners than these would cost more than they are worth."""
        return self._listeners >= _MOST_LISTENERS

    async def end(self) -> None:
        """Let everybody go who listens: the pages are about to stop."""
        self._has_ended = True
        async with self._changed:
            self._changed.notify_all()

    def close(self) -> None:
        """End the evaluation and its thread."""
        if self._running is not None:
            self._running.cancel()
        self._thread.submit(self._shut)
        self._thread.shutdown(wait=False)

    def _number(self) -> int:
        return self.newest.number if self.newest else 0

    @property
    def is_fresh(self) -> bool:
        """Whether the newest tick is of this moment."""
        if self.newest is None:
            return False
        return (self.clock.now() - self.newest.at).total_seconds() <= self.every_s

    def _start(self) -> None:
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run())

    async def _run(self) -> None:
        """Evaluate at a fixed rate until nobody listens any more."""
        loop = asyncio.get_running_loop()
        while self._listeners:
            began = loop.time()
            tick = await loop.run_in_executor(self._thread, self._evaluate)
            async with self._changed:
                self.newest = tick
                self._changed.notify_all()
            await asyncio.sleep(max(self.every_s - (loop.time() - began), 0.0))

    def _evaluate(self) -> Tick:
        now = self.clock.now()
        try:
            if self._path is None:
                self._path = self._open()
            return Tick(self._number() + 1, now, self._path.board(now=now))
        except AnflError as error:
            self._shut()
            return Tick(self._number() + 1, now, None, str(error))

    def _open(self) -> LivePath:
        from anfl_assets.collect.feeds import load_feeds
        from anfl_assets.flow.binding import bind_feeds
        from anfl_assets.flow.live import open_live

        return open_live(self.workspace, load_feeds(bind_feeds(self.workspace, None), self.environ))

    def _shut(self) -> None:
        if self._path is not None:
            with suppress(AnflError):
                self._path.__exit__(None, None, None)
            self._path = None
