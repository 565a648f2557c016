"""A webhook of the organisation: the message as JSON, for a system to act on.

The body has `schema` (`anfl.alert/1`), `to` (the contact), `dedup_key`, `incident_id` (or null),
`headline`, `text` (one sentence a line), `acknowledge` (the command, or null) and `message`: every
field of `message.py`. The same message always comes with the same `Idempotency-Key`. With a secret,
`X-ANFL-Signature-256: sha256=…` is the HMAC of the body.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from anfl_assets.config.secret import Secret
from anfl_assets.deliver.address import Guard, host_of
from anfl_assets.deliver.answers import JSON, Clock, parts_of, taken, without_secrets
from anfl_assets.deliver.channel import DeliveryError, Receipt
from anfl_assets.deliver.identity import message_key
from anfl_assets.deliver.line_story import sentence
from anfl_assets.deliver.message import Message, to_json
from anfl_assets.deliver.story import acknowledging, headline, shown_lines
from anfl_assets.deliver.wire import PATIENCE, Patience, post

SCHEMA = "anfl.alert/1"


@dataclass(frozen=True)
class Webhook:
    """Posts to one address; private networks only where `allow_private` says so."""

    clock: Clock
    url: Secret
    signing_secret: Secret | None = None
    allow_private: bool = False
    patience: Patience = PATIENCE

    def send(
        self, message: Message, address: str, *, thread: Mapping[str, str], chart: bytes | None
    ) -> Receipt:
        """Post the message; `address` is the contact it is for."""
        del thread, chart
        sent = body(message, address)
        key = message_key(message, address)
        secrets = (*parts_of(self.url), *filter(None, (self.signing_secret,)))
        try:
            answer = post(
                self.url.text,
                sent,
                _headers(sent, key, self.signing_secret),
                patience=self.patience,
                guard=Guard(only_public=not self.allow_private),
            )
            taken(answer, host_of(self.url.text), clock=self.clock, secrets=secrets)
        except DeliveryError as error:
            raise without_secrets(error, *secrets) from None
        return Receipt(key, f"answered {answer.status}")


def body(message: Message, contact: str) -> bytes:
    """Return what is posted, as UTF-8 JSON."""
    lines, _ = shown_lines(message)
    told = {
        "schema": SCHEMA,
        "dedup_key": message.dedup_key,
        "incident_id": message.incident_id,
        "to": contact,
        "headline": headline(message),
        "text": [sentence(line) for line in lines],
        "acknowledge": acknowledging(message),
        "message": json.loads(to_json(message)),
    }
    return json.dumps(told).encode("ascii")


def signature(body: bytes, secret: Secret) -> str:
    """Return the value of the signature header."""
    return "sha256=" + hmac.new(secret.text.encode(), body, sha256).hexdigest()


def _headers(sent: bytes, key: str, secret: Secret | None) -> dict[str, str]:
    headers = {**JSON, "Idempotency-Key": key}
    if secret is not None:
        headers["X-ANFL-Signature-256"] = signature(sent, secret)
    return headers
