"""Tokens of forms: proof that a page of ours, shown to this browser, is what sends a change.

Each token has its own salt: the same one never stands twice in a compressed page (BREACH).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from itsdangerous import BadData, URLSafeSerializer

FIELD = "csrf_token"
HEADER = "x-csrf-token"
_VALID_S = 12 * 3_600
_LONGEST = 500


@dataclass(frozen=True)
class Forms:
    """Makes and checks tokens; `now` in UTC."""

    secret: bytes = field(repr=False)
    now: Callable[[], datetime]

    def token(self, bound_to: str) -> str:
        """Return a token for forms of one session and viewer, for twelve hours."""
        at = int(self.now().timestamp())
        return str(self._serializer(bound_to).dumps([secrets.token_urlsafe(9), at]))

    def is_right(self, token: str | None, bound_to: str) -> bool:
        """Whether a token was made for this session and viewer, not too long ago."""
        if not token or len(token) > _LONGEST:
            return False
        try:
            _, at = self._serializer(bound_to).loads(token)
        except (BadData, TypeError, ValueError):
            return False
        return bool(0 <= int(self.now().timestamp()) - at < _VALID_S)

    def _serializer(self, bound_to: str) -> URLSafeSerializer:
        return URLSafeSerializer(
            self.secret,
            salt=f"form\0{bound_to}",
            signer_kwargs={"digest_method": hashlib.sha256},
        )
