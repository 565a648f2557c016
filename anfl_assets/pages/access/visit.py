"""One request's sender, as far as the gate knows: who it is, and through which session."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from starlette.requests import Request

from anfl_assets.pages.access.people import Viewer
from anfl_assets.pages.access.sessions import Session

_REALM = 'realm="ANFL Metrics", charset="UTF-8"'


@dataclass(frozen=True)
class Visit:
    """A request's sender: `viewer` is None for nobody we know.

    `mark` changes when what the viewer may do does. `has_password` where the request itself brings
    one. `is_new` where the browser has no cookie of this session yet.
    """

    viewer: Viewer | None
    session: Session
    mark: str = ""
    has_password: bool = False
    is_new: bool = False
    is_https: bool = False

    @property
    def bound_to(self) -> str:
        """Return what a form's token of this visit is good for: one session of one viewer."""
        who = "" if self.viewer is None else f"{self.viewer.via}\0{self.viewer.name}"
        return f"{self.session.key}\0{who}"


def credentials(request: Request) -> tuple[str, str] | None:
    """Return name and password of HTTP Basic (RFC 7617); empty ones where they cannot be read."""
    given = request.headers.getlist("authorization")
    scheme, _, text = (given[0] if given else "").strip().partition(" ")
    if scheme.casefold() != "basic":
        return None
    try:
        decoded = base64.b64decode(text.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return "", ""
    name, _, password = decoded.partition(":")
    return ("", "") if len(given) > 1 else (name, password)


def challenge(request: Request) -> dict[str, str]:
    """Return how to say who one is: a browser's own dialogue must not open over a page of ours."""
    is_browser = "sec-fetch-mode" in request.headers
    return {"WWW-Authenticate": f"{'Session' if is_browser else 'Basic'} {_REALM}"}
