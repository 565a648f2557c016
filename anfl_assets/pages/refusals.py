"""What answers when a page cannot be shown: what was asked, why not, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from anfl_assets.errors import (
    AnflError,
    FaultyConfiguration,
    SourceError,
    UnknownIncident,
    UnknownMetric,
    UserError,
    WorkspaceError,
)
from anfl_assets.pages.render import page
from anfl_assets.wording.inert import one_line

_WRONG, _FOUND_NOTHING, _OURS = 400, 404, 503
# Nobody who looks at a page can mend its folder and files: their keeper can.
_OF_THE_KEEPER = (FaultyConfiguration, SourceError, WorkspaceError)
_LONGEST = 400
_HEADINGS = {
    400: "This address cannot be answered",
    403: "Not allowed",
    404: "Nothing is there",
    405: "Not this way",
    503: "This cannot be read just now",
}


class PageError(UserError):
    """A request that cannot be answered as it was put; `status_code` is the answer's."""

    def __init__(self, message: str, status_code: int = 400) -> None:
        """Keep what to say and how to answer."""
        super().__init__(message)
        self.status_code = status_code


async def refuse(request: Request, error: Exception) -> Response:
    """Answer with a designed page, or JSON where a program asked."""
    code, text = _told(error)
    headers = getattr(error, "headers", None) or {}
    if request.scope["path"].startswith("/api/"):
        return JSONResponse({"error": text}, status_code=code, headers=headers)
    content = {"heading": _HEADINGS.get(code, "This did not work"), "text": text, "code": code}
    # Who has not come in learns nothing of what stands in the frame.
    is_inside = getattr(request.state, "viewer", None) is not None
    name = "refusal.html.jinja" if is_inside else "turned_away.html.jinja"
    response = page(request, name, content, status_code=code)
    response.headers.update(headers)
    return response


def _told(error: Exception) -> tuple[int, str]:
    if isinstance(error, PageError):
        return error.status_code, str(error)
    if isinstance(error, HTTPException):
        nowhere = "no page has this address; the overview shows what there is"
        return error.status_code, nowhere if error.status_code == _FOUND_NOTHING else error.detail
    if isinstance(error, UnknownMetric | UnknownIncident):
        return _FOUND_NOTHING, one_line(str(error), _LONGEST)
    if isinstance(error, UserError) and not isinstance(error, _OF_THE_KEEPER):
        return _WRONG, one_line(str(error), _LONGEST)
    return _OURS, str(error)


REFUSALS: Mapping[Any, Any] = {HTTPException: refuse, AnflError: refuse}
