"""Who answers: the viewer's own name, or at this machine, where nobody logs in, the name they give.

The browser remembers a name that was given; it proves nothing and is only written down.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import Response

from anfl_assets.pages.access.people import HERE
from anfl_assets.pages.refusals import PageError
from anfl_assets.wording.inert import one_line

VIA = "the pages"
FIELD = "by"
_COOKIE = "anfl_by"
LONGEST_NAME = 60
_A_YEAR_S = 365 * 86_400


@dataclass(frozen=True)
class Answerer:
    """Who looks: `is_allowed` to answer; `is_asked` for a name with each answer."""

    name: str
    is_allowed: bool
    is_asked: bool


def answerer(request: Request) -> Answerer:
    """Return who looks at a page; nobody that we know may answer nothing."""
    viewer = getattr(request.state, "viewer", None)
    if viewer is None:
        return Answerer("", is_allowed=False, is_asked=False)
    is_asked = viewer.via == HERE
    given = unquote(request.cookies.get(_COOKIE, "")) if is_asked else ""
    name = one_line(given, LONGEST_NAME) or viewer.name
    return Answerer(name, is_allowed=viewer.is_operator, is_asked=is_asked)


def given_name(request: Request, form: Mapping[str, str]) -> str:
    """Return who answers with a form; what it says counts only where nobody logs in.

    Raises:
        PageError: nobody.
    """
    who = answerer(request)
    name = one_line(form.get(FIELD, who.name), LONGEST_NAME) if who.is_asked else who.name
    if not name:
        raise PageError("say who you are: whoever comes next will ask")
    return name


def remember(request: Request, response: Response, name: str) -> None:
    """Let the browser keep a name that was given."""
    if answerer(request).is_asked:
        response.set_cookie(_COOKIE, quote(name), max_age=_A_YEAR_S, httponly=True, samesite="lax")
