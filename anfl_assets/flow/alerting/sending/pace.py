"""How fast and how often: a channel's pace, when to try again, when to give up.

Pure: the moment is an argument, and the jitter comes from the message's own key, so that the same
message at the same try waits equally long wherever it is sent.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import isfinite

FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=5)
LONGEST_CRITICAL_WAIT = timedelta(minutes=1)
CRITICAL_AGE = timedelta(hours=6)
AGE = timedelta(hours=24)
# A provider may ask for any number; longer than a message lives is as good as never.
_LONGEST_RETRY_AFTER_S = 7 * 86_400.0
_MOST_DOUBLINGS = 12
_JITTER_STEPS = 2**32


@dataclass
class Bucket:
    """A token bucket: at most `rate` messages a second, `burst` at once after a rest.

    Moments are seconds of a clock that only goes forward: a provider counts real seconds.
    """

    rate: float
    burst: float
    tokens: float
    filled_at: float

    def wait_s(self, at: float) -> float:
        """Return how long to wait for the next token; nothing while there is one."""
        self._fill(at)
        return max(0.0, 1 - self.tokens) / self.rate

    def take(self, at: float) -> None:
        """Spend a token."""
        self._fill(at)
        self.tokens -= 1

    def _fill(self, at: float) -> None:
        self.tokens = min(self.burst, self.tokens + (at - self.filled_at) * self.rate)
        self.filled_at = at


def full_bucket(rate: float, at: float) -> Bucket:
    """Return a bucket for `rate` messages a second, of which one second's may go at once."""
    burst = max(1.0, rate)
    return Bucket(rate, burst, burst, at)


def back_off(send_key: str, attempts: int, *, severity: str) -> timedelta:
    """Return how long to wait after the `attempts`-th try failed: doubled each time, with jitter.

    Between 2 s and 5 minutes, a minute for what is critical.
    """
    longest = LONGEST_CRITICAL_WAIT if severity == "critical" else LONGEST_WAIT
    doubled = FIRST_WAIT * (1 << min(attempts, _MOST_DOUBLINGS))
    share = zlib.crc32(f"{send_key} {attempts}".encode()) / _JITTER_STEPS
    return max(FIRST_WAIT, min(longest, doubled) * ((1 + share) / 2))


def retry_at(
    send_key: str,
    attempts: int,
    *,
    severity: str,
    now: datetime,
    retry_after_s: float | None,
) -> datetime:
    """Return when to try again: never before the provider's `Retry-After`."""
    waited = now + back_off(send_key, attempts, severity=severity)
    return max(waited, now + left_alone(retry_after_s))


def left_alone(retry_after_s: float | None) -> timedelta:
    """Return how long a provider wants to be left alone; nothing where it did not say so."""
    if retry_after_s is None or not isfinite(retry_after_s):
        return timedelta()
    return timedelta(seconds=min(max(0.0, retry_after_s), _LONGEST_RETRY_AFTER_S))


def gives_up_at(due_at: datetime, *, severity: str) -> datetime:
    """Return when a message that was due then is no longer worth trying."""
    return due_at + (CRITICAL_AGE if severity == "critical" else AGE)
