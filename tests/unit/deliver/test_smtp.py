"""Mail over a real SMTP server on loopback."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from anfl_assets.config.secret import Secret
from anfl_assets.deliver.channel import Receipt, Refused, TryAgainLater
from anfl_assets.deliver.smtp import Smtp
from anfl_assets.deliver.wire import Patience
from tests.unit.deliver.certificate import certificate
from tests.unit.deliver.samples import FIRST, REPEAT


@dataclass
class Desk:
    """Takes every mail, or answers as told."""

    rcpt: str = "250 OK"
    data: str = "250 OK"
    mails: list[Envelope] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802, PLR0917 - aiosmtpd's name and arguments
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer as told."""
        del server, session, options
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Answer as told."""
        del server, session
        self.mails.append(envelope)
        return self.data


@contextmanager
def mail_server(desk: Desk, **options: Any) -> Iterator[int]:  # noqa: ANN401 - aiosmtpd's own
    """Serve on a free port of loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    loop = asyncio.new_event_loop()
    controller = Controller(desk, hostname="127.0.0.1", port=port, loop=loop, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def _channel(port: int, **options: Any) -> Smtp:  # noqa: ANN401 - the channel's own
    return Smtp("localhost", port, "alerts@example.org", **{"tls": "none", **options})


def _send(channel: Smtp) -> Receipt:
    return channel.send(FIRST, "on@example.org", thread={}, chart=None)


def test_a_mail_arrives_and_later_ones_answer_it() -> None:
    desk = Desk()
    with mail_server(desk) as port:
        first = _send(_channel(port))
        later = _channel(port).send(REPEAT, "on@example.org", thread=first.thread, chart=None)
    mails = [
        message_from_bytes(each.original_content or b"", policy=policy.SMTP) for each in desk.mails
    ]
    assert desk.mails[0].rcpt_tos == ["on@example.org"]
    assert mails[0]["Message-ID"] == first.reference == first.thread["message_id"]
    assert mails[1]["In-Reply-To"] == first.reference
    assert later.thread == first.thread


@pytest.mark.parametrize(
    ("desk", "error", "told"),
    [
        (Desk(rcpt="550 5.1.1 no such user"), Refused, "550 5.1.1 no such user"),
        (Desk(rcpt="450 4.2.1 try later"), TryAgainLater, "450 4.2.1 try later"),
        (Desk(data="554 5.6.0 no"), Refused, "554 5.6.0 no"),
        (Desk(data="451 4.3.0 busy"), TryAgainLater, "451 4.3.0 busy"),
    ],
    ids=["unknown reader", "reader later", "refused", "busy"],
)
def test_the_servers_code_says_whether_to_try_again(
    desk: Desk, error: type[Exception], told: str
) -> None:
    with mail_server(desk) as port, pytest.raises(error, match=told):
        _send(_channel(port))


def _only_right(*given: Any) -> AuthResult:  # noqa: ANN401 - aiosmtpd's own
    login = given[-1]
    return AuthResult(
        success=isinstance(login, LoginPassword) and login.password == b"right", handled=False
    )


def test_over_tls_with_a_login(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tls = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    desk = Desk()
    with mail_server(desk, tls_context=tls, auth_required=True, authenticator=_only_right) as port:
        right = _channel(port, tls="starttls", user="alerts", password=Secret("right"))
        assert _send(right).detail == "accepted"
        wrong = _channel(port, tls="starttls", user="alerts", password=Secret("wr0ng"))
        with pytest.raises(Refused, match="535") as failed:
            _send(wrong)
    assert "wr0ng" not in f"{failed.value!r} {wrong!r}"
    assert len(desk.mails) == 1


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(tmp_path: Path) -> None:
    tls = certificate(tmp_path)
    with mail_server(Desk(), tls_context=tls) as port:
        channel = _channel(port, tls="starttls")
        with pytest.raises(TryAgainLater, match="certificate"):
            _send(channel)


def test_a_server_without_tls_gets_no_mail_that_needs_it() -> None:
    with mail_server(Desk()) as port, pytest.raises(Refused, match="STARTTLS"):
        _send(_channel(port, tls="starttls"))


def test_where_nobody_listens_it_is_tried_again_later() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        with pytest.raises(TryAgainLater):
            _send(_channel(probe.getsockname()[1]))


def test_a_server_that_drips_is_left_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_drip, args=(listening,), daemon=True).start()
        began = time.monotonic()
        with pytest.raises(TryAgainLater):
            _send(_channel(listening.getsockname()[1], patience=Patience(0.2, 0.3)))
    assert time.monotonic() - began < 2


def _drip(listening: socket.socket) -> None:
    connection, _ = listening.accept()
    with connection:
        try:
            connection.sendall(b"220 ")
            for _ in range(200):
                connection.sendall(b"x")
                time.sleep(0.02)
        except OSError:
            return
