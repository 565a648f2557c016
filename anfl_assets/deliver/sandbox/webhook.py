"""Any system behind a webhook: it takes whatever it is sent."""

from __future__ import annotations

from typing import Any

from anfl_assets.deliver.sandbox.call import Answer, Call, object_of, text_of
from anfl_assets.deliver.sandbox.received import Draft

_SECRET = ("authorization", "cookie", "signature", "token", "secret", "api-key")
_TOLD = ("content-type", "idempotency-key", "user-agent")


def answer(call: Call) -> Answer:
    """Answer `POST /webhook/{name}`."""
    told = call.json()
    body = told if told is not None else call.body.decode(errors="replace")
    content = object_of(told)
    message = object_of(content.get("message"))
    headers = {name: call.headers[name] for name in _TOLD if name in call.headers}
    draft = Draft(
        action="post",
        identity=headers.get("idempotency-key", call.identity),
        fields={"name": call.name, "headers": headers, "body": body},
        key=_either(content, message, "dedup_key") or headers.get("idempotency-key", ""),
        incident_id=_either(content, message, "incident_id"),
        secrets=tuple(
            sorted(name for name in call.headers if any(word in name for word in _SECRET))
        ),
    )
    return Answer(200, {"ok": True}, draft)


def _either(content: dict[str, Any], message: dict[str, Any], name: str) -> str | None:
    """Return what is told at the top or, as our own webhook does, in the message."""
    return text_of(content.get(name)) or text_of(message.get(name))


def failure(status: int) -> dict[str, Any]:
    """Return the body of an answer that has nothing to do with the message."""
    return {"ok": False, "error": f"the script answers {status}"}
