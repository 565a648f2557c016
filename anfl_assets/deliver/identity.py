"""What makes a message the same message when it is sent a second time."""

from __future__ import annotations

from hashlib import sha256

from anfl_assets.deliver.message import Message, to_json


def message_key(message: Message, address: str) -> str:
    """Return one key for one message to one address, however often it is tried."""
    return _digest(message.send_key or to_json(message), address)


def incident_key(message: Message, address: str) -> str:
    """Return one key for all that is told of an incident to one address."""
    return _digest(message.dedup_key, address)


def _digest(*texts: str) -> str:
    whole = "\n".join(texts).encode("utf-8", "surrogatepass")
    return sha256(whole).hexdigest()[:32]
