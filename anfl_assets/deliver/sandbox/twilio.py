"""Twilio's Messages resource: what it takes, and in which words it refuses."""

from __future__ import annotations

import base64
import re
from typing import Any

from anfl_assets.deliver.sandbox.call import Answer, Call
from anfl_assets.deliver.sandbox.received import Draft

_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_SENDER = re.compile(r"\+[1-9]\d{4,14}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}|\d{5,6}")
_LONGEST = 1600
# The letters that travel in seven bits; one other letter, and the whole text takes sixteen.
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€"
)
_FAILURES = {429: (20429, "Too Many Requests"), 503: (20503, "Service unavailable")}


def answer(call: Call) -> Answer:
    """Answer `POST /2010-04-01/Accounts/{sid}/Messages.json`; `call.name` is the account."""
    fields = call.form()
    if not _is_known(call):
        return _refused(call, fields, 401, (20003, "Authenticate"))
    wrong = _fault(fields)
    if wrong is not None:
        return _refused(call, fields, 400, wrong)
    sid = f"SM{call.identity * 2}"
    body = {
        "sid": sid,
        "account_sid": call.name,
        "status": "queued",
        "to": fields["To"],
        "from": fields.get("From"),
        "messaging_service_sid": fields.get("MessagingServiceSid"),
        "body": fields["Body"],
        "num_segments": str(segments(fields["Body"])),
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "uri": f"/2010-04-01/Accounts/{call.name}/Messages/{sid}.json",
    }
    return Answer(201, body, _draft(call, fields, key=sid))


def segments(text: str) -> int:
    """Return in how many short messages a text travels, each of which costs."""
    is_plain = all(letter in _GSM for letter in text)
    whole, part = (160, 153) if is_plain else (70, 67)
    size = len(text) if is_plain else len(text.encode("utf-16-le")) // 2
    return 1 if size <= whole else -(-size // part)


def failure(status: int) -> dict[str, Any]:
    """Return the body of an answer that has nothing to do with the message."""
    return _error(status, *_FAILURES.get(status, (20500, "Internal Server Error")))


def _is_known(call: Call) -> bool:
    scheme, _, login = call.headers.get("authorization", "").partition(" ")
    try:
        user, _, password = base64.b64decode(login, validate=True).decode().partition(":")
    except ValueError:
        return False
    # An API key's name may stand in place of the account.
    return scheme.lower() == "basic" and bool(user and password)


def _fault(fields: dict[str, str]) -> tuple[int, str] | None:
    to, sender, body = (fields.get(name, "") for name in ("To", "From", "Body"))
    checks = [
        (not to, 21604, "A 'To' phone number is required."),
        (
            not _NUMBER.fullmatch(to),
            21211,
            f"Invalid 'To' Phone Number: {to[:40]}",
        ),
        (
            not sender and not fields.get("MessagingServiceSid"),
            21603,
            "A 'From' phone number is required.",
        ),
        (bool(sender) and not _SENDER.fullmatch(sender), 21212, "Invalid 'From' Phone Number"),
        (not body.strip(), 21602, "Message body is required."),
        (
            len(body) > _LONGEST,
            21617,
            "The concatenated message body exceeds the 1600 character limit",
        ),
    ]
    return next(((code, told) for is_wrong, code, told in checks if is_wrong), None)


def _refused(call: Call, fields: dict[str, str], status: int, why: tuple[int, str]) -> Answer:
    code, told = why
    draft = _draft(call, fields, refusal=f"{code} {told}")
    return Answer(status, _error(status, code, told), draft)


def _error(status: int, code: int, told: str) -> dict[str, Any]:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return {"code": code, "message": told, "more_info": more, "status": status}


def _draft(
    call: Call, fields: dict[str, str], *, key: str = "", refusal: str | None = None
) -> Draft:
    return Draft(
        action="sms",
        identity=call.identity,
        fields=fields,
        key=key,
        secrets=("authorization",) if "authorization" in call.headers else (),
        refusal=refusal,
    )
