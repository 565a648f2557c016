"""What answers where somebody may not: words for a person, JSON for a program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

_HEADINGS = {
    401: "Please log in",
    403: "Not allowed",
    413: "This form is too large",
    429: "Too many attempts",
}
BY_PROXY = "these pages are reached through the proxy that says who you are"
# Within the pages' frame, or outside: who is not let in learns nothing of what is told there.
_INSIDE, _OUTSIDE = "refusal.html.jinja", "turned_away.html.jinja"


class Show(Protocol):
    """Renders a template in the frame of the pages."""

    def __call__(
        self, request: Request, name: str, content: Mapping[str, Any], *, status_code: int
    ) -> Response:
        """Return the page."""


class Refused(HTTPException):
    """A request that is not let through; `detail` says why, and what to do."""


def require_operator(request: Request) -> None:
    """Let operators go on; for what reads but is not for viewers. Changes need no call: `Guard`.

    Raises:
        Refused: whoever asks is none.
    """
    viewer = getattr(request.state, "viewer", None)
    if viewer is None or not viewer.is_operator:
        who = "nobody" if viewer is None else f"{viewer.name}, a {viewer.role}"
        raise Refused(
            403,
            f"only operators acknowledge and silence; you are {who}. Somebody with access to the "
            "server can change that in access.yaml",
        )


def wants_page(request: Request) -> bool:
    """Whether a person's browser asks for a page, and not a program or a script of a page."""
    accepts = "text/html" in request.headers.get("accept", "")
    return accepts and not request.scope["path"].startswith("/api/")


def refusal(request: Request, refused: HTTPException, show: Show) -> Response:
    """Return the answer to who is not let through."""
    code = refused.status_code
    if not wants_page(request):
        return JSONResponse({"error": refused.detail}, code, refused.headers)
    heading = _HEADINGS.get(code, "This did not work")
    content = {"heading": heading, "text": refused.detail, "code": code}
    is_inside = getattr(request.state, "viewer", None) is not None
    response = show(request, _INSIDE if is_inside else _OUTSIDE, content, status_code=code)
    response.headers.update(refused.headers or {})
    return response
