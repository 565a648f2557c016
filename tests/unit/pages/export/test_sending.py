"""Files made for one answer: none is left behind, and no more are made than the disk can bear."""

from __future__ import annotations

import asyncio
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from starlette.requests import Request
from starlette.types import Message

from anfl_assets.pages.export.sending import Exports, SentOnce
from anfl_assets.pages.refusals import PageError


def _request(*, is_gone: bool = False) -> Request:
    async def receive() -> Message:
        if not is_gone:
            await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    return Request({"type": "http", "method": "GET", "path": "/", "headers": []}, receive)


class _BrokenError(Exception):
    """The connection, or the session, has ended."""


@pytest.mark.parametrize("headers", [[], [(b"range", b"bytes=99-")], [(b"range", b"x")]])
def test_a_file_goes_with_its_answer_however_that_ends(tmp_path: Path, headers: Any) -> None:  # noqa: ANN401
    sent, scope = tmp_path / "a.csv", {"type": "http", "method": "GET", "headers": headers}

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def breaks(message: Message) -> None:
        if message["type"] == "http.response.body":
            raise _BrokenError

    async def takes(message: Message) -> None:
        del message

    async def steps() -> None:
        sent.write_text("a,b")
        await SentOnce(sent)(scope, receive, takes)
        assert not sent.exists()
        sent.write_text("a,b")
        with pytest.raises((_BrokenError, ExceptionGroup)):
            await SentOnce(sent)(scope, receive, breaks)
        assert not sent.exists()

    asyncio.run(steps())


def test_who_goes_away_ends_the_writing_and_leaves_no_file(tmp_path: Path) -> None:
    made = tmp_path / "a.csv"

    def write(until: Event) -> Path:
        assert until.wait(10)
        made.write_text("half of it")
        return made

    async def steps() -> None:
        with pytest.raises(PageError, match="nobody waits"):
            await Exports().made(_request(is_gone=True), write)

    asyncio.run(steps())
    assert not made.exists()


def test_of_many_exports_at_once_the_ninth_is_refused(tmp_path: Path) -> None:
    free, made = Event(), tmp_path / "a.csv"

    def write(until: Event) -> Path:
        del until
        assert free.wait(10)
        return made

    async def steps() -> None:
        exports = Exports()
        waiting = [asyncio.create_task(exports.made(_request(), write)) for _ in range(8)]
        await asyncio.sleep(0)
        with pytest.raises(PageError, match="8 exports are being made") as refused:
            await exports.made(_request(), write)
        assert refused.value.status_code == 503
        free.set()
        assert await asyncio.gather(*waiting) == [made] * 8
        assert await exports.made(_request(), write) == made

    asyncio.run(steps())
