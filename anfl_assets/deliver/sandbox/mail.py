"""The mail server: any sender, any recipient; nothing goes further."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import ssl
from dataclasses import dataclass
from email import message_from_bytes, policy
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from anfl_assets.deliver.sandbox.inbox import Inbox
from anfl_assets.deliver.sandbox.playing import cut
from anfl_assets.deliver.sandbox.received import Draft
from anfl_assets.deliver.sandbox.script import Script, Step

_MOST_BYTES = 1024 * 1024
_TAKEN = "250 Message accepted for delivery"
_FAILURES = {
    421: "4.3.2 Service not available, closing transmission channel",
    450: "4.2.1 Mailbox unavailable",
    451: "4.3.0 Requested action aborted: local error in processing",
    452: "4.2.2 Insufficient system storage",
    535: "5.7.8 Authentication credentials invalid",
    550: "5.1.1 Mailbox unavailable",
    552: "5.2.2 Exceeded storage allocation",
    554: "5.6.0 Transaction failed",
}
_NEVER_S = 3_600.0


@dataclass(frozen=True)
class MailDesk:
    """Takes in mails; the methods are called by aiosmtpd, under the names it wants."""

    inbox: Inbox
    script: Script

    def login(self, *given: Any) -> AuthResult:  # noqa: ANN401 - aiosmtpd's: the login is last
        """Let everybody in, unless a step names AUTH."""
        step = self.script.take("smtp", "AUTH", only_named=True)
        if step is not None and step.code is not None:
            return AuthResult(success=False, handled=False, message=_refusal(step.code))
        login = given[-1]
        return AuthResult(success=isinstance(login, LoginPassword) and bool(login.password))

    async def handle_RCPT(  # noqa: N802, PLR0917 - aiosmtpd's name and arguments
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient, unless a step names RCPT."""
        del session
        step = self.script.take("smtp", "RCPT", only_named=True)
        if step is not None:
            refusal = await _stopped(server, step)
            if refusal is not None:
                return refusal
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Take a whole mail."""
        step = self.script.take("smtp", "DATA")
        draft = _draft(envelope, has_login=bool(session.authenticated), is_tls=bool(session.ssl))
        if step is not None and step.hang_s:
            try:
                await asyncio.sleep(step.hang_s)
            except asyncio.CancelledError:
                self._remember(draft, step, is_accepted=False)
                raise
        self._remember(draft, step, is_accepted=step is None or step.is_accepted)
        refusal = None if step is None else await _stopped(server, step)
        return refusal or _TAKEN

    def _remember(self, draft: Draft, step: Step | None, *, is_accepted: bool) -> None:
        fault = None if step is None else dict(step.told)
        self.inbox.add("smtp", draft, is_accepted=is_accepted, fault=fault)


class MailServer(SMTP):
    """aiosmtpd's protocol with this sandbox's answers; one instance a connection."""

    def __init__(self, desk: MailDesk, tls: ssl.SSLContext | None = None) -> None:
        """Offer a login, and STARTTLS with a context; a login then comes only after it."""
        # aiosmtpd logs each command at a level of its own; the inbox tells what matters.
        logging.getLogger("mail.log").setLevel(logging.CRITICAL)
        super().__init__(
            desk,
            data_size_limit=_MOST_BYTES,
            enable_SMTPUTF8=True,
            hostname="sandbox",
            ident="ANFL sandbox",
            tls_context=tls,
            auth_require_tls=tls is not None,
            authenticator=desk.login,
        )


async def _stopped(server: SMTP, step: Step) -> str | None:
    """Play a step; return what the client is told in place of the usual."""
    if step.reset:
        assert server.transport is not None  # noqa: S101 - it is what the mail came through
        cut(server.transport)
        await asyncio.sleep(_NEVER_S)  # ends when the connection does
    if step.code is not None:
        return _refusal(step.code)
    return None


def _refusal(code: int) -> str:
    return f"{code} {_FAILURES.get(code, 'Scripted failure')}"


def _draft(envelope: Envelope, *, has_login: bool, is_tls: bool) -> Draft:
    content = envelope.content
    raw = content if isinstance(content, bytes) else str(content or "").encode()
    mail = message_from_bytes(raw, policy=policy.default)
    key = str(mail.get("Message-ID", "")).strip()
    return Draft(
        action="mail",
        identity=key or hashlib.sha256(raw).hexdigest()[:16],
        fields={
            "from": envelope.mail_from,
            "to": list(envelope.rcpt_tos),
            "subject": str(mail.get("Subject", "")),
            "headers": {name: str(value) for name, value in mail.items()},
            "raw": raw.decode("utf-8", errors="replace"),
            "is_tls": is_tls,
        },
        key=key,
        incident_id=str(mail["X-ANFL-Incident"]) if mail["X-ANFL-Incident"] else None,
        secrets=("password",) if has_login else (),
    )
