"""A browser at the pages of a folder with incidents: it reads pages and presses their buttons."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import httpx

from anfl_assets.flow.clock import SYSTEM_CLOCK, Clock
from tests.integration.pages.served import serving

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Browser:
    """A browser of this machine; it follows where a form leads."""

    client: httpx.Client

    def reads(self, path: str, code: int = 200) -> str:
        """Return a page's text as a person reads it: no tags, on one line."""
        return words(self.html(path, code))

    def html(self, path: str, code: int = 200) -> str:
        """Return a page."""
        answer = self.client.get(path)
        assert answer.status_code == code, answer.text
        return answer.text

    def presses(self, page: str, action: str, **fields: str) -> httpx.Response:
        """Send a form of a page, with the token that the page has."""
        token = _TOKEN.search(self.html(page))
        assert token is not None
        return self.client.post(action, data={"csrf_token": token[1], **fields})


def words(html: str) -> str:
    """Return what stands in a page, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


@contextmanager
def browsing(
    root: Path, environ: Mapping[str, str] | None = None, *, clock: Clock = SYSTEM_CLOCK
) -> Iterator[Browser]:
    """Open the pages of a folder."""
    with (
        serving(root, environ=environ, clock=clock) as address,
        httpx.Client(
            base_url=address, headers={"Accept": "text/html"}, follow_redirects=True, timeout=60
        ) as client,
    ):
        yield Browser(client)
