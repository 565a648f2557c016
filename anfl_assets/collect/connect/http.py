"""Asking an HTTP server for a text: one request, bounded in time and size, no redirects.

What goes wrong is said as `SourceUnavailable` (later it may go) or `SourceError` (a person must
look), never with a secret. Where a source is and how it lets us in is read in `http_site.py`.
"""

from __future__ import annotations

import json
import ssl
import zlib
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from anfl_assets.collect.connect.http_deadline import Deadline
from anfl_assets.collect.connect.http_site import Site
from anfl_assets.config.secret import Secret, redacted, without_user
from anfl_assets.errors import SourceError, SourceUnavailable

if TYPE_CHECKING:
    import httpx

_AGENT = "anfl-metrics"
_NOT_LET_IN = (401, 403)
_LATER = (408, 425, 429)
_SHOWN = 300


@dataclass(frozen=True)
class Limits:
    """How long a request may take, and how large a body may be once it is unpacked."""

    connect_s: float = 4.0
    total_s: float = 15.0
    body_bytes: int = 64 * 2**20


LIMITS = Limits()


@dataclass(frozen=True)
class Answer:
    """A body, and the moment at which the server's clock says it was sent; None where silent."""

    text: str
    sent_at: datetime | None


class HttpReader:
    """Asks one site; each request has its own connection, so none is found dead."""

    def __init__(self, site: Site, limits: Limits) -> None:
        """Prepare; nothing is sent. TLS is verified with the system's and Mozilla's authorities."""
        import httpx

        self._site, self._limits = site, limits
        self._client = httpx.Client(
            auth=_basic(site),
            follow_redirects=False,
            headers={"User-Agent": _AGENT, "Accept-Encoding": "gzip"} | _bearer(site.token),
            limits=httpx.Limits(max_keepalive_connections=0),
            timeout=httpx.Timeout(limits.total_s, connect=limits.connect_s),
            trust_env=False,
            verify=_authorities(site),
        )

    def close(self) -> None:
        """Give up the client."""
        self._client.close()

    def get(
        self, path: str = "", params: Mapping[str, str] | None = None, *, accept: str
    ) -> Answer:
        """Return what stands at `path` below the site's URL.

        Raises:
            SourceUnavailable: not reached, cut off, too slow, or a status that says later.
            SourceError: not let in, sent elsewhere, refused, too large, or no text.

        """
        import httpx

        deadline = Deadline(self._limits.total_s)
        url = self._site.url.rstrip("/") + path if path else self._site.url
        headers, watched = {"Accept": accept}, {"trace": deadline.watch}
        try:
            asked = self._client.build_request(
                "GET", url, params=params, headers=headers, extensions=watched
            )
            with deadline, closing(self._client.send(asked, stream=True)) as response:
                body = self._body(response)
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise self._not_reached(error, is_late=deadline.is_over) from error
        if deadline.is_over:
            raise self._not_reached(None, is_late=True)
        self._check_status(response, body)
        try:
            return Answer(body.decode(), _sent_at(response))
        except UnicodeDecodeError as error:
            raise self._error(SourceError, "the answer is no UTF-8 text") from error

    def _body(self, response: httpx.Response) -> bytes:
        packing = response.headers.get("Content-Encoding", "identity").strip().lower()
        if packing not in ("identity", "gzip"):
            told = f"the answer is packed as {packing!r}, though only gzip was asked for"
            raise self._error(SourceError, told)
        cap = self._limits.body_bytes
        try:
            body = _gathered(response.iter_raw(), cap, is_gzip=packing == "gzip")
        except zlib.error as error:
            raise self._error(SourceError, "the answer is no gzip, though it says so") from error
        if body is None:
            raise self._error(SourceUnavailable, "the answer was cut off")
        if len(body) > cap:
            told = f"the answer is larger than {cap / 2**20:g} MiB: ask for less"
            raise self._error(SourceError, told)
        return body

    def _check_status(self, response: httpx.Response, body: bytes) -> None:
        status = response.status_code
        if response.is_success:
            return
        if status in _NOT_LET_IN:
            told = f"not let in ({status}): look at its token, or at its user and password"
            raise self._error(SourceError, told)
        if response.is_redirect:
            elsewhere = without_user(response.headers.get("Location", ""))
            raise self._error(SourceError, f"sends on to {elsewhere}: give that address itself")
        told = f"answers {status}: {said(body.decode(errors='replace')) or 'nothing more'}"
        if status not in _LATER and not response.is_server_error:
            raise self._error(SourceError, told)
        wait = response.headers.get("Retry-After")
        error = self._error(SourceUnavailable, told + (f" (retry after {wait})" if wait else ""))
        if isinstance(error, SourceUnavailable) and wait and wait.isdecimal():
            error.retry_after_s = float(wait)
        raise error

    def _not_reached(self, error: Exception | None, *, is_late: bool) -> SourceError:
        if is_late:
            told = f"no whole answer within {self._limits.total_s:g} seconds"
            return self._error(SourceUnavailable, told)
        told = str(error) or type(error).__name__
        is_untrusted = "CERTIFICATE_VERIFY_FAILED" in told
        return self._error(SourceError if is_untrusted else SourceUnavailable, told)

    def _error(self, kind: type[SourceError], told: str) -> SourceError:
        return kind(f"{self._site.address}: {redacted(one_line(told), *self._site.secrets)}")


def said(text: str) -> str:
    """Return what an error's body says in one short line: JSON's `error`, or its first words."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict) and isinstance(found.get("error"), str):
        return one_line(found["error"])
    return "an HTML page" if text.lstrip().startswith("<") else one_line(text)


def one_line(text: str) -> str:
    """Return a text of another program on one line, without signs that a terminal obeys, cut."""
    words = " ".join(text[: 4 * _SHOWN].split())
    shown = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in words)
    return shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…"


def _gathered(blocks: Iterable[bytes], cap: int, *, is_gzip: bool) -> bytes | None:
    """Return the body, a little more than `cap` of a longer one, None where the packing breaks off.

    Unpacked here and not by the client: it would unpack a block of a bomb whole.
    """
    unpacking = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16) if is_gzip else None
    body = bytearray()
    for block in blocks:
        body += block if unpacking is None else unpacking.decompress(block, cap + 1 - len(body))
        if len(body) > cap:
            return bytes(body)
    is_whole = unpacking is None or unpacking.eof or not body
    return bytes(body) if is_whole else None


def _sent_at(response: httpx.Response) -> datetime | None:
    try:
        moment: datetime = parsedate_to_datetime(response.headers.get("Date", ""))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _basic(site: Site) -> tuple[str, str] | None:
    if site.user is None or site.password is None:
        return None
    return site.user.text, site.password.text


def _bearer(token: Secret | None) -> dict[str, str]:
    return {} if token is None else {"Authorization": f"Bearer {token.text}"}


def _authorities(site: Site) -> ssl.SSLContext | bool:
    if not site.url.startswith("https:"):
        return False  # no TLS to verify; making a context costs 20 ms
    import certifi

    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
