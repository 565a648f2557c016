"""How a request to a provider ends, whatever the provider does."""

import socket
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from anfl_assets.config.secret import Secret
from anfl_assets.deliver.address import Guard, is_public, url_fault
from anfl_assets.deliver.answers import retry_after_s, taken
from anfl_assets.deliver.channel import Refused, TryAgainLater
from anfl_assets.deliver.wire import READ_CAP, Answer, Patience, _trust, post
from tests.unit.deliver.certificate import certificate
from tests.unit.deliver.provider import Reply, provider
from tests.unit.deliver.samples import clock

ANYWHERE = Guard(only_public=False)
SHORT = Patience(connect_s=0.2, total_s=0.25)


def test_an_answer_is_read_up_to_its_cap() -> None:
    with provider(Reply(body=b"x" * (READ_CAP + 100_000))) as there:
        answer = post(there.url, b"{}", {}, patience=Patience(), guard=ANYWHERE)
    assert (answer.status, len(answer.body)) == (200, READ_CAP)


def test_a_redirect_is_not_followed() -> None:
    with provider() as other, provider(Reply(302, headers={"Location": other.url})) as there:
        answer = post(there.url, b"{}", {"Authorization": "x"}, patience=SHORT, guard=ANYWHERE)
        assert other.received == []
    with pytest.raises(Refused, match="answered 302"):
        taken(answer, "It", clock=clock)


@pytest.mark.parametrize(
    "reply", [Reply(hangs=True), Reply(body=b"x" * 500, drip_s=0.02)], ids=["hangs", "drips"]
)
def test_no_provider_keeps_a_message_longer_than_its_time(reply: Reply) -> None:
    began = time.monotonic()
    with provider(reply) as there, pytest.raises(TryAgainLater, match=r"within 0\.25 s"):
        post(there.url, b"{}", {}, patience=SHORT, guard=ANYWHERE)
    assert time.monotonic() - began < 2


def test_a_certificate_is_checked_against_the_name_though_the_address_is_pinned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tls = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    _trust.cache_clear()
    with provider(tls=tls) as there:
        named = there.url.replace("127.0.0.1", "localhost")
        assert post(named, b"{}", {}, patience=Patience(), guard=ANYWHERE).status == 200
        with pytest.raises(TryAgainLater, match="certificate"):
            post(there.url, b"{}", {}, patience=Patience(), guard=ANYWHERE)
    _trust.cache_clear()


def test_where_nobody_listens_it_is_tried_again_later() -> None:
    with socket.socket() as taken_port:
        taken_port.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken_port.getsockname()[1]}/secret-path"
        with pytest.raises(TryAgainLater, match=r"^127\.0\.0\.1 cannot be reached: ") as failed:
            post(url, b"{}", {}, patience=SHORT, guard=ANYWHERE)
    assert "secret-path" not in str(failed.value)


def test_a_name_that_does_not_resolve_is_tried_again_later() -> None:
    with pytest.raises(TryAgainLater, match="could not be resolved"):
        post("https://a..b/x", b"", {}, patience=SHORT, guard=ANYWHERE)


def test_a_guarded_request_never_reaches_a_private_address() -> None:
    with provider() as there:
        url = there.url.replace("127.0.0.1", "localhost")
        with pytest.raises(Refused, match="not a public address; write `allow_private: true`"):
            post(url, b"{}", {}, patience=SHORT, guard=Guard(only_public=True))
        assert there.received == []


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("192.0.2.1", False),
        ("224.0.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 - an address to refuse
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("::10.0.0.1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("64:ff9b::a9fe:a9fe", False),
        ("2002:7f00:1::", False),
        ("2001:0:7f00:1::", False),
        ("no address", False),
    ],
)
def test_only_addresses_of_the_internet_are_public(address: str, expected: bool) -> None:  # noqa: FBT001
    assert is_public(address) is expected


@pytest.mark.parametrize(
    ("url", "is_fine"),
    [
        ("https://hooks.example.org/x", True),
        ("http://127.0.0.1:8080/x", True),
        ("http://localhost/x", True),
        ("http://[::1]:8080/x", True),
        ("http://example.org/x", False),
        ("file:///etc/passwd", False),
        ("https://", False),
        ("https://a b/", False),
        ("https://[::1", False),
        ("https://a:99999/", False),
    ],
)
def test_an_address_is_https_or_loopback(url: str, is_fine: bool) -> None:  # noqa: FBT001
    assert (url_fault(url) is None) is is_fine


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (408, TryAgainLater),
        (429, TryAgainLater),
        (500, TryAgainLater),
        (503, TryAgainLater),
        (301, Refused),
        (400, Refused),
        (401, Refused),
        (404, Refused),
    ],
)
def test_a_status_says_whether_to_try_again(status: int, error: type[Exception]) -> None:
    answer = Answer(status, {}, b"no such \x1b[31mkey SECRET")
    with pytest.raises(error) as failed:
        taken(answer, "It", clock=clock, secrets=(Secret("SECRET"),))
    assert (
        str(failed.value) == f"It answered {status}: no such \N{REPLACEMENT CHARACTER}[31mkey ***"
    )


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30", 30.0),
        ("1.5", 1.5),
        ("-5", 0.0),
        ("Mon, 23 Nov 2026 14:30:00 GMT", 120.0),
        ("Mon, 23 Nov 2026 14:00:00 GMT", 0.0),
        ("999999999", 86_400.0),
        ("nan", None),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(text: str, seconds: float | None) -> None:
    now = datetime(2026, 11, 23, 14, 28, tzinfo=UTC)
    assert retry_after_s(Answer(429, {"retry-after": text}, b""), now) == seconds
