"""What a provider's answer means: taken, try again later, or never.

2xx is taken. 408, 429 and 5xx may go through later, not before `Retry-After`. Anything else is
refused: a redirect too, for a redirected page is a page that did not arrive.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from anfl_assets.config.secret import Secret, redacted
from anfl_assets.deliver.channel import DeliveryError, Refused, TryAgainLater
from anfl_assets.deliver.wire import Answer
from anfl_assets.wording.inert import one_line

Clock = Callable[[], datetime]

JSON = {"Content-Type": "application/json; charset=utf-8"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

_SHOWN = 300
_BUSY = frozenset({408, 429})
_LONGEST_S = 86_400.0


def taken(answer: Answer, provider: str, *, clock: Clock, secrets: tuple[Secret, ...] = ()) -> None:
    """Return where the provider took the message.

    Raises:
        TryAgainLater: it is busy or broken.
        Refused: it does not want it, with what it said.
    """
    if 200 <= answer.status < 300:  # noqa: PLR2004 - the class of answers that say yes
        return
    said = one_line(redacted(answer.body.decode("utf-8", "replace"), *secrets), _SHOWN)
    told = f"{provider} answered {answer.status}" + (f": {said}" if said else "")
    if answer.status in _BUSY or answer.status >= 500:  # noqa: PLR2004 - its own fault
        raise TryAgainLater(told, retry_after_s(answer, clock()))
    raise Refused(told)


def content(answer: Answer) -> dict[str, Any]:
    """Return an answer's JSON object; empty where it is none."""
    try:
        parsed = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return parsed if isinstance(parsed, dict) else {}


def parts_of(url: Secret) -> tuple[Secret, ...]:
    """Return what of an address that is a secret may not be shown: all of it and its longer parts.

    A server likes to say which path it does not know.
    """
    parts = urlsplit(url.text)
    words = [word for word in re.split(r"[/?&=]", f"{parts.path}?{parts.query}") if len(word) > 4]  # noqa: PLR2004 - a shorter one is no secret
    whole = (url.text, f"{parts.path}?{parts.query}", parts.path, *words)
    return tuple(Secret(text) for text in whole if text.strip("/?"))


def retry_after_s(answer: Answer, now: datetime) -> float | None:
    """Return how long the provider wants to be left alone, at most a day; None where it is mute."""
    text = answer.headers.get("retry-after", "").strip()
    if not text:
        return None
    seconds = _seconds(text, now)
    if seconds is None or not math.isfinite(seconds):
        return None
    return min(max(seconds, 0.0), _LONGEST_S)


def without_secrets(error: DeliveryError, *secrets: Secret) -> DeliveryError:
    """Return the same failure in words that hold no secret."""
    told = redacted(str(error), *secrets)
    if isinstance(error, TryAgainLater):
        return TryAgainLater(told, error.retry_after_s)
    return type(error)(told)


def _seconds(text: str, now: datetime) -> float | None:
    try:
        return float(text)
    except ValueError:
        pass
    try:
        at = parsedate_to_datetime(text)
    except (OverflowError, ValueError):
        return None
    return ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds()
