"""Mail over SMTP: STARTTLS, TLS from the start, or none on a trusted line.

4yz is tried again, 5yz and a refused recipient never; a server that stops answering is left after
the time of the whole conversation, not of one reply.
"""

from __future__ import annotations

import contextlib
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Literal

from anfl_assets.config.secret import Secret, redacted
from anfl_assets.deliver.channel import DeliveryError, Receipt, Refused, TryAgainLater
from anfl_assets.deliver.mail import mail
from anfl_assets.deliver.message import Message
from anfl_assets.deliver.wire import Patience
from anfl_assets.wording.inert import one_line

Tls = Literal["starttls", "implicit", "none"]

PATIENCE = Patience(connect_s=4.0, total_s=20.0)
_SHOWN = 300
_FOR_GOOD = 500
_READY = 220


@dataclass(frozen=True)
class Smtp:
    """Hands mails to one server; a conversation a mail."""

    host: str
    port: int
    sender: str
    tls: Tls = "starttls"
    user: str | None = None
    password: Secret | None = None
    patience: Patience = PATIENCE

    def send(
        self, message: Message, address: str, *, thread: Mapping[str, str], chart: bytes | None
    ) -> Receipt:
        """Send one mail; its Message-ID tells a second copy of it from another."""
        made = mail(message, sender=self.sender, to=address, thread=thread, chart=chart)
        try:
            with self._conversation() as server:
                server.sendmail(self.sender, [address], made.as_bytes())
        except (smtplib.SMTPException, OSError) as error:
            raise self._failure(error) from None
        return Receipt(str(made["Message-ID"]), "accepted", _thread(made, thread))

    @contextlib.contextmanager
    def _conversation(self) -> Iterator[smtplib.SMTP]:
        server = self._server()
        watch = threading.Timer(self.patience.total_s, _cut, [server])
        watch.daemon = True
        watch.start()
        try:
            _greeted(server, self)
            if self.tls == "starttls":
                server.starttls(context=ssl.create_default_context())
            if self.user is not None and self.password is not None:
                server.login(self.user, self.password.text)
            yield server
            _leave(server)
        finally:
            watch.cancel()
            server.close()

    def _server(self) -> smtplib.SMTP:
        # Our own name is given: asking the resolver for it can take longer than the mail.
        domain, wait_s = self.sender.rpartition("@")[2], self.patience.connect_s
        server = (
            smtplib.SMTP_SSL(
                local_hostname=domain, timeout=wait_s, context=ssl.create_default_context()
            )
            if self.tls == "implicit"
            else smtplib.SMTP(local_hostname=domain, timeout=wait_s)
        )
        # TLS checks the certificate against this name, which only a constructor that connects sets.
        server._host = self.host  # type: ignore[attr-defined]  # noqa: SLF001
        return server

    def _failure(self, error: Exception) -> DeliveryError:
        code, said = _code_and_words(error)
        told = one_line(redacted(f"{self.host}: {said}", *filter(None, (self.password,))), _SHOWN)
        is_final = code >= _FOR_GOOD or isinstance(error, smtplib.SMTPNotSupportedError)
        return Refused(told) if is_final else TryAgainLater(told)


def _greeted(server: smtplib.SMTP, at: Smtp) -> None:
    code, words = server.connect(at.host, at.port)
    if code != _READY:
        raise smtplib.SMTPConnectError(code, words)
    if server.sock is not None:
        server.sock.settimeout(at.patience.total_s)


def _thread(made: EmailMessage, thread: Mapping[str, str]) -> dict[str, str]:
    """Return what later mails answer: the first of this incident."""
    return {"message_id": thread.get("message_id") or str(made["Message-ID"])}


def _code_and_words(error: Exception) -> tuple[int, str]:
    """Return the server's code, 0 where it said none, and its words."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
        return code, f"{code} {_decoded(words)}"
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code, f"{error.smtp_code} {_decoded(error.smtp_error)}"
    if isinstance(error, TimeoutError):
        return 0, "no answer in time"
    return 0, str(error) or type(error).__name__


def _decoded(words: bytes | str) -> str:
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else words


def _leave(server: smtplib.SMTP) -> None:
    """Say goodbye; the mail is taken already, whatever becomes of that."""
    with contextlib.suppress(smtplib.SMTPException, OSError):
        if server.sock is not None:
            server.sock.settimeout(1)
        server.quit()


def _cut(server: smtplib.SMTP) -> None:
    """End a conversation from another thread."""
    with contextlib.suppress(OSError):
        if server.sock is not None:
            server.sock.shutdown(socket.SHUT_RDWR)
