"""The one cookie: who logged in or merely visits, sealed with the pages' key.

Nothing is kept here but which sessions were ended: a cookie carries its own times, and a mark of
its user's password and role, so that changing either ends it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime

from itsdangerous import BadData, URLSafeSerializer

from anfl_assets.pages.access.ended import Ended
from anfl_assets.pages.access.people import User

IDLE_S = 12 * 3_600
# An open page that asks again by itself must not keep a session for ever.
_LONGEST_S = 7 * 86_400
_RENEWED_AFTER_S = 300
# Clocks of machines that share a key differ a little.
_AHEAD_S = 60
_LONGEST_COOKIE = 2_000


@dataclass(frozen=True)
class Session:
    """A browser: `name` is empty for who has not logged in. Times in seconds since 1970."""

    key: str
    name: str
    mark: str
    since: int
    at: int


@dataclass(frozen=True)
class Sessions:
    """Seals and opens cookies; `now` in UTC."""

    secret: bytes = field(repr=False)
    now: Callable[[], datetime]
    ended: Ended

    @property
    def cookie(self) -> str:
        """Return the cookie's name: ports of one host share cookies, so each key has its own."""
        return f"anfl_{hashlib.sha256(b'cookie' + self.secret).hexdigest()[:8]}"

    def begun(self, user: User | None = None) -> Session:
        """Return a session that is new in every part, for a user or for a visitor."""
        at = self._seconds()
        name, mark = ("", "") if user is None else (user.name, self.mark(user))
        return Session(secrets.token_urlsafe(16), name, mark, at, at)

    def renewed(self, session: Session) -> Session | None:
        """Return a session as used now; None while that would change little."""
        at = self._seconds()
        return replace(session, at=at) if at - session.at >= _RENEWED_AFTER_S else None

    def mark(self, user: User) -> str:
        """Return what changes with a user's password or role and tells neither."""
        text = f"{user.name}\0{user.role}\0{user.password_hash.text}".encode()
        return hmac.new(self.secret, b"mark" + text, hashlib.sha256).hexdigest()[:32]

    def sealed(self, session: Session) -> str:
        """Return a session as the text of a cookie."""
        return str(self._serializer().dumps(asdict(session)))

    def opened(self, cookie: str | None) -> Session | None:
        """Return the session of a cookie; None where it is none of ours, too old or ended."""
        if not cookie or len(cookie) > _LONGEST_COOKIE:
            return None
        try:
            session = Session(**self._serializer().loads(cookie))
        except (BadData, TypeError):
            return None
        return session if self.is_current(session) else None

    def is_current(self, session: Session) -> bool:
        """Whether a session is neither too old nor ended."""
        now = self._seconds()
        is_young = session.at <= now + _AHEAD_S and now - session.at < IDLE_S
        return is_young and now - session.since < _LONGEST_S and session.key not in self.ended

    def end(self, session: Session) -> None:
        """Let no cookie of this session open anything any more."""
        self.ended.add(session.key, until=self._seconds() + IDLE_S + _AHEAD_S)

    def _seconds(self) -> int:
        return int(self.now().timestamp())

    def _serializer(self) -> URLSafeSerializer:
        return URLSafeSerializer(
            self.secret, salt="session", signer_kwargs={"digest_method": hashlib.sha256}
        )
