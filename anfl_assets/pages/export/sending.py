"""Files that are made for one answer: a few at once, beside the pages, and gone when it has ended.

Writing a large table takes a whole core and its size on the disk for many seconds: pages must not
wait behind it, and who has gone must not keep it going.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.types import Receive, Scope, Send

from anfl_assets.pages.export.formats import Abandoned
from anfl_assets.pages.refusals import PageError

_AT_ONCE, _MOST = 2, 8
_LOOKED_AFTER_S = 0.5
Write: TypeAlias = Callable[[Event], Path]


@dataclass
class Exports:
    """Makes files, at most two at once; the pages' own reading has other threads."""

    _asked: int = 0
    _threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="export")
    )

    async def made(self, request: Request, write: Write) -> Path:
        """Return the file that `write` makes; it is told to stop when nobody waits any more.

        Raises:
            PageError: too many wait already, or this one does no longer.
        """
        if self._asked >= _MOST:
            raise PageError(f"{_MOST} exports are being made; try again in a minute", 503)
        self._asked += 1
        until = Event()
        try:
            return await self._watched(request, write, until)
        except Abandoned as error:
            raise PageError("nobody waits for this export any more") from error
        finally:
            until.set()
            self._asked -= 1

    async def _watched(self, request: Request, write: Write, until: Event) -> Path:
        making = asyncio.wrap_future(self._threads.submit(_unless_set, until, write))
        while not (await asyncio.wait([making], timeout=_LOOKED_AFTER_S))[0]:
            if await request.is_disconnected():
                until.set()
        return await making


class SentOnce(FileResponse):
    """A file that is removed when it was sent, and when it could not be."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            _remove(self.path)


def _remove(path: str | os.PathLike[str]) -> None:
    Path(path).unlink(missing_ok=True)


def _unless_set(until: Event, write: Write) -> Path:
    if until.is_set():
        raise Abandoned
    path = write(until)
    if until.is_set():
        path.unlink(missing_ok=True)
        raise Abandoned
    return path
