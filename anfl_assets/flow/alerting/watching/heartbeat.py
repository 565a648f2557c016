"""Telling a service outside, once a minute, that all is well: who hears nothing calls somebody."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from anfl_assets.config.secret import Secret
from anfl_assets.deliver.address import Guard, host_of
from anfl_assets.deliver.channel import DeliveryError
from anfl_assets.deliver.wire import PATIENCE, post
from anfl_assets.errors import UserError

URL_VARIABLE = "ANFL_HEARTBEAT_URL"
EVERY_S = 60.0


def heartbeat_url(text: str | None) -> Secret | None:
    """Return the address to call, None where none is given; whoever knows it can pretend.

    Raises:
        UserError: it is not an https address.
    """
    if not text or not text.strip():
        return None
    try:
        parts = urlsplit(text.strip())
        is_address = parts.scheme == "https" and bool(parts.hostname)
    except ValueError:
        is_address = False
    if not is_address:
        raise UserError(f"{URL_VARIABLE}: expected an https:// address, found another text")
    return Secret(text.strip())


def ping(url: Secret, say: Callable[[str], None]) -> None:
    """Call the address; that nobody answers is said and not more: it is for them to notice."""
    try:
        answer = post(url.text, b"", {}, patience=PATIENCE, guard=Guard(only_public=False))
    except DeliveryError as error:
        say(f"heartbeat: {error}")
        return
    if not 200 <= answer.status < 300:  # noqa: PLR2004 - the class of answers that say yes
        say(f"heartbeat: {host_of(url.text)} answered {answer.status}")
