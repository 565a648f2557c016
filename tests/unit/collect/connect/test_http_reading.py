"""A server that fails in every way: what is said of it, within which time, and what never is."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Callable

import pytest

from anfl_assets.collect.connect.http import Answer, HttpReader, Limits
from anfl_assets.collect.connect.http_site import Site
from anfl_assets.config.secret import Secret
from anfl_assets.errors import SourceError, SourceUnavailable
from tests.unit.collect.connect.scripted_server import Handler, Scripted, packed, serving, whole

PATIENT = Limits(connect_s=10, total_s=10, body_bytes=2**20)
QUICK = Limits(connect_s=0.5, total_s=0.25, body_bytes=2**20)
TOKEN = Secret("s3cr3t")
Misbehave = Callable[[Scripted, Handler], None]


def _get(url: str, *, limits: Limits = PATIENT, **site: Secret) -> Answer:
    reader = HttpReader(Site(url, **site), limits)
    try:
        return reader.get("/x", {"q": "a b"}, accept="text/plain")
    finally:
        reader.close()


def _failure(answer: Misbehave, *, limits: Limits = PATIENT, **site: Secret) -> SourceError:
    with serving(answer) as server, pytest.raises(SourceError) as raised:
        _get(server.url, limits=limits, **site)
    assert str(raised.value).startswith(server.url)
    return raised.value


@pytest.mark.parametrize("answer", [whole("grüße".encode()), packed("grüße".encode())])
def test_a_text_comes_whole_packed_or_not(answer: Misbehave) -> None:
    with serving(answer) as server:
        found = _get(server.url)
    assert found.text == "grüße"
    assert found.sent_at is not None
    (request,) = server.requests
    assert (request.path, request.query) == ("/x", {"q": "a b"})
    assert request.headers["User-Agent"] == "anfl-metrics"
    assert "Authorization" not in request.headers


def test_a_token_or_a_user_with_password_is_sent_as_such() -> None:
    with serving(whole(b"")) as server:
        _get(server.url, token=TOKEN)
        _get(server.url, user=Secret("ann"), password=Secret("p:w"))
    sent = [request.headers["Authorization"] for request in server.requests]
    assert sent == ["Bearer s3cr3t", "Basic YW5uOnA6dw=="]


@pytest.mark.parametrize(
    ("status", "later"),
    [(500, True), (502, True), (503, True), (429, True), (408, True), (404, False), (400, False)],
)
def test_a_servers_trouble_passes_and_a_refusal_does_not(status: int, *, later: bool) -> None:
    failure = _failure(whole(b'{"status": "error", "error": "too\\nmuch"}', status))
    assert isinstance(failure, SourceUnavailable) is later
    assert f"answers {status}: too much" in str(failure)


def test_how_long_to_wait_is_told() -> None:
    failure = _failure(whole(b"", 429, Retry_After="30"))
    assert str(failure).endswith("answers 429: nothing more (retry after 30)")


@pytest.mark.parametrize("status", [401, 403])
def test_who_is_not_let_in_learns_where_to_look_and_no_secret_is_shown(status: int) -> None:
    failure = _failure(whole(b"bad token s3cr3t", status), token=TOKEN)
    assert not failure.recoverable
    assert "look at its token" in str(failure)
    assert "s3cr3t" not in str(failure)


def test_a_secret_that_a_server_repeats_is_not_shown() -> None:
    failure = _failure(whole(b"no route for Bearer s3cr3t", 404), token=TOKEN)
    assert str(failure).endswith("no route for Bearer ***")


def test_nobody_is_followed_elsewhere() -> None:
    failure = _failure(whole(b"", 302, Location="http://u:p@other.example/login?next=1"))
    assert "sends on to http://other.example/login: give that address itself" in str(failure)


def test_a_page_and_signs_for_terminals_are_no_message() -> None:
    assert str(_failure(whole(b"<html>oops", 502))).endswith("answers 502: an HTML page")
    shown = str(_failure(whole(b"a\x1b[31m\tb" + b"c" * 999, 400)))
    assert "a\N{REPLACEMENT CHARACTER}[31m bccc" in shown
    assert len(shown) < 400


def _hang(scripted: Scripted, _: Handler) -> None:
    scripted.released.wait()


def _drip_headers(scripted: Scripted, handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not scripted.released.wait(0.02):
        handler.wfile.write(b"x")


def _drip_body(scripted: Scripted, handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while not scripted.released.wait(0.02):
        handler.wfile.write(b"x")


@pytest.mark.parametrize("slow", [_hang, _drip_headers, _drip_body])
def test_no_server_keeps_us_longer_than_the_limit(slow: Misbehave) -> None:
    failure = _failure(slow, limits=QUICK)
    assert isinstance(failure, SourceUnavailable)
    assert "within 0.25 seconds" in str(failure) or "timed out" in str(failure)


def _break_off(_: Scripted, handler: Handler) -> None:
    handler.reset()


def _cut_short(_: Scripted, handler: Handler) -> None:
    handler.send(b"half", Content_Length="8")


def _no_http(_: Scripted, handler: Handler) -> None:
    handler.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n")


@pytest.mark.parametrize(
    "broken",
    [
        _break_off,
        _cut_short,
        _no_http,
        whole(gzip.compress(b"x" * 9999)[:-9], Content_Encoding="gzip"),
    ],
)
def test_what_breaks_off_is_asked_again_later(broken: Misbehave) -> None:
    assert isinstance(_failure(broken), SourceUnavailable)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (whole(b"x" * (2**20 + 1)), "larger than 1 MiB"),
        (packed(b"\0" * 2**26), "larger than 1 MiB"),
        (whole(b"no gzip", Content_Encoding="gzip"), "no gzip"),
        (whole(gzip.compress(gzip.compress(b"")), Content_Encoding="gzip, gzip"), "packed as"),
        (whole(b"\xff\xfe"), "no UTF-8 text"),
    ],
)
def test_what_can_never_be_read_needs_a_person(answer: Misbehave, said: str) -> None:
    failure = _failure(answer)
    assert not failure.recoverable
    assert said in str(failure)


def test_an_answer_of_the_largest_size_is_read() -> None:
    with serving(packed(b"x" * 2**20)) as server:
        assert len(_get(server.url).text) == 2**20


@pytest.mark.parametrize("place", ["http://127.0.0.1:{port}", "https://127.0.0.1:{port}"])
def test_nobody_listening_is_asked_again_later(place: str) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = place.format(port=closed.getsockname()[1])
        with pytest.raises(SourceUnavailable, match="refused"):
            _get(url)


def test_a_port_that_cannot_be_is_said_without_a_traceback() -> None:
    with pytest.raises(SourceError):
        _get("http://127.0.0.1:1:2")
