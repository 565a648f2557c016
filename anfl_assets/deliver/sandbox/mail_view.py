"""A mail as its reader sees it: subject, text, and HTML with its images in place."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart

from anfl_assets.deliver.sandbox.received import Received
from anfl_assets.deliver.sandbox.views import SHOWN

_CID = re.compile(r"""cid:([^"'\s)>]+)""", re.IGNORECASE)
# As mail programs do on narrow screens.
_FITTING = "<style>img { max-width: 100%; height: auto }</style>"
_IMAGES = ("image/png", "image/jpeg", "image/gif")


@dataclass(frozen=True)
class Mail:
    """One mail; its HTML is a page of its own, `/mails/{number}`.

    `thread` are the Message-IDs it goes by: its own and those it answers.
    """

    number: int
    at: datetime
    subject: str
    sender: str
    recipients: str
    incident_id: str | None
    thread: frozenset[str]
    text: str
    has_html: bool
    attached: tuple[str, ...]
    is_answer: bool = False


def mails(received: Iterable[Received]) -> list[Mail]:
    """Return the mails, newest first."""
    taken = [each for each in received if each.provider == "smtp" and each.reaches_reader]
    made: list[Mail] = []
    threads: set[str] = set()
    for each in taken[-SHOWN:]:
        mail = _mail(each)
        made.insert(0, replace(mail, is_answer=bool(threads & mail.thread)))
        threads |= mail.thread
    return made


def html_of(received: Received) -> str | None:
    """Return the HTML with images put into it, None where the mail has none."""
    whole = _parsed(received)
    part = whole.get_body(("html",))
    if part is None:
        return None
    images = dict(_images(whole))
    return _CID.sub(lambda found: images.get(found[1], ""), _text(part)) + _FITTING


def _mail(received: Received) -> Mail:
    whole = _parsed(received)
    plain = whole.get_body(("plain",))
    fields = received.draft.fields
    known = f"{fields['headers'].get('References', '')} {fields['headers'].get('In-Reply-To', '')}"
    parts = whole.iter_attachments() if whole.is_multipart() else ()
    names = (part.get_filename() or part.get_content_type() for part in parts)
    return Mail(
        number=received.number,
        at=received.received_at,
        subject=fields["subject"],
        sender=fields["headers"].get("From") or fields["from"] or "",
        recipients=", ".join(fields["to"]),
        incident_id=received.draft.incident_id,
        thread=frozenset(known.split()) | {received.draft.key},
        text="" if plain is None else _text(plain),
        has_html=whole.get_body(("html",)) is not None,
        attached=tuple(names),
    )


def _parsed(received: Received) -> EmailMessage:
    return message_from_bytes(received.draft.fields["raw"].encode(), policy=policy.default)


def _text(part: MIMEPart) -> str:
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    try:
        return raw.decode(part.get_content_charset() or "utf-8", errors="replace")
    except LookupError:
        return raw.decode("utf-8", errors="replace")


def _images(whole: EmailMessage) -> Iterator[tuple[str, str]]:
    """Yield images of the mail by their Content-ID, as addresses that need no request."""
    for part in whole.walk():
        key, payload = part.get("Content-ID"), part.get_payload(decode=True)
        if key and isinstance(payload, bytes) and part.get_content_type() in _IMAGES:
            data = base64.b64encode(payload).decode()
            yield str(key).strip("<> "), f"data:{part.get_content_type()};base64,{data}"
