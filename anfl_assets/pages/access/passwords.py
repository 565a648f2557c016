"""Passwords as argon2id hashes: made, checked beside the event loop, and remembered for a minute.

A check costs tens of milliseconds on purpose. A program that sends its password with each of a
hundred requests a second pays once a minute; what is remembered is no password but a keyed digest.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from anfl_assets.errors import UserError
from anfl_assets.pages.access.people import User

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST = 12
# Argon2 would hash a whole novel; a person's password is none.
_LONGEST = 1_024
_KEPT_S = 60.0
_MOST_KEPT = 1_000
# Each check takes 64 MiB and four lanes; more at once are slower together.
_AT_ONCE = 2
_MOST_WAITING = 16


class TooBusy(UserError):
    """More passwords wait to be checked than this machine gets through in a second."""


def hashed(password: str, hasher: PasswordHasher | None = None) -> str:
    """Return the argon2id hash of a password, with argon2-cffi's parameters (RFC 9106, low memory).

    Raises:
        UserError: it is too short or too long.
    """
    if not SHORTEST <= len(password) <= _LONGEST:
        raise UserError(
            f"a password has {SHORTEST} to {_LONGEST:,} characters; this one has {len(password):,}"
        )
    return (hasher or _hasher()).hash(password)


def matches(password_hash: str, password: str) -> bool:
    """Whether a password is the one that was hashed; takes as long either way."""
    from argon2.exceptions import Argon2Error, InvalidHashError

    try:
        return _hasher().verify(password_hash, password)
    except (Argon2Error, InvalidHashError):
        return False


def _hasher() -> PasswordHasher:
    # A hash carries its own parameters: what is given here counts for new ones only.
    from argon2 import PasswordHasher

    return PasswordHasher()


@dataclass
class Passwords:
    """Checks passwords for one process; `ticks` is a clock in seconds that nobody sets."""

    ticks: Callable[[], float]
    check: Callable[[str, str], bool] = matches
    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    _good: OrderedDict[bytes, float] = field(default_factory=OrderedDict, repr=False)
    _checking: dict[bytes, asyncio.Task[bool]] = field(default_factory=dict, repr=False)
    _slots: asyncio.Semaphore = field(default_factory=partial(asyncio.Semaphore, _AT_ONCE))

    def remembers(self, user: User, password: str) -> bool:
        """Whether this password of this user was right within the last minute."""
        until = self._good.get(self._digest(user, password))
        return until is not None and self.ticks() < until

    def is_checking(self, user: User, password: str) -> bool:
        """Whether the same is being checked now: asking for it again is not another guess."""
        return self._digest(user, password) in self._checking

    async def are_right(self, user: User, password: str) -> bool:
        """Check a password, off the event loop; the same one asked twice at once is checked once.

        Raises:
            TooBusy: too many are being checked already.
        """
        digest = self._digest(user, password)
        running = self._checking.get(digest)
        if running is None:
            if len(self._checking) >= _MOST_WAITING:
                raise TooBusy("too many people are logging in at once; try again in a second")
            running = asyncio.create_task(self._checked(user, password))
            self._checking[digest] = running
            running.add_done_callback(lambda _: self._checking.pop(digest, None))
        # Whoever gives up waiting must not take the answer from the others.
        is_right = await asyncio.shield(running)
        if is_right:
            self._remember(digest)
        return is_right

    async def are_nobodys(self, users: Mapping[str, User], password: str) -> None:
        """Take as long as for a known user, so that the time does not tell which names exist."""
        if users:
            decoy = next(iter(users.values()))
            await self.are_right(User("", decoy.role, decoy.password_hash), password)

    def forget(self) -> None:
        """Remember nothing, as when the file of users has changed."""
        self._good.clear()

    async def _checked(self, user: User, password: str) -> bool:
        async with self._slots:
            return await asyncio.to_thread(
                self.check, user.password_hash.text, password[: _LONGEST + 1]
            )

    def _remember(self, digest: bytes) -> None:
        self._good[digest] = self.ticks() + _KEPT_S
        self._good.move_to_end(digest)
        while len(self._good) > _MOST_KEPT:
            self._good.popitem(last=False)

    def _digest(self, user: User, password: str) -> bytes:
        parts = (user.name, user.password_hash.text, password)
        text = b"\0".join(part.encode("utf-8", "surrogatepass") for part in parts)
        return hmac.new(self._key, text, hashlib.sha256).digest()
