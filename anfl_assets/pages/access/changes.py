"""Whether a request that changes something was sent by a page of ours, or by a program on purpose.

HTTP Basic without any cookie needs no token: no page of a stranger knows the password, and where a
browser sends one that it keeps, it names the page that asked for it, which `is_own_page` refuses.
Nor does JSON to the API at this machine that bears no mark of a browser, where nobody logs in.
"""

from __future__ import annotations

from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.types import Message, Receive

from anfl_assets.pages.access.forms import FIELD, HEADER, Forms
from anfl_assets.pages.access.origin import is_own_page
from anfl_assets.pages.access.people import HERE, Access
from anfl_assets.pages.access.refused import Refused
from anfl_assets.pages.access.visit import Visit

_MOST_BYTES = 64 * 1024
_FORM = "application/x-www-form-urlencoded"
_JSON = "application/json"
_API = "/api/"
# One of these comes with whatever the page of another site can make a browser post.
_BROWSERS = ("cookie", "origin", "referer")


async def checked_change(request: Request, visit: Visit, access: Access, forms: Forms) -> Receive:
    """Return how to receive the request's body, where it may be received.

    Raises:
        Refused: a page of another site sent it, or none of ours did; or it is too large.
    """
    request = Request(request.scope, _limited(request.receive))
    if not is_own_page(request, access):
        raise Refused(403, "refused: the page of another site has sent this")
    if visit.has_password and "cookie" not in request.headers:
        return request.receive
    if visit.viewer is not None and visit.viewer.via == HERE and _is_program(request):
        return request.receive
    token, receive = request.headers.get(HEADER), request.receive
    if token is None and request.headers.get("content-type", "").startswith(_FORM):
        token, receive = await _form_token(request)
    if visit.is_new or not forms.is_right(token, visit.bound_to):
        raise Refused(
            403,
            "this page is more than twelve hours old, or of before you logged in: load it again "
            f"and repeat what you did. A program sends {HEADER}, or its password with HTTP Basic; "
            f"where nobody logs in, JSON as {_JSON} to the API",
        )
    return receive


def _is_program(request: Request) -> bool:
    """Whether JSON comes to the API without any mark of a browser.

    A page of another site cannot send this type without asking first (CORS), which nothing here
    allows; and a browser says of what it does send whose page it is.
    """
    headers = request.headers
    kinds = [each.split(";")[0].strip().casefold() for each in headers.getlist("content-type")]
    is_browser = any(name in _BROWSERS or name.startswith("sec-") for name in headers)
    return kinds == [_JSON] and not is_browser and request.scope["path"].startswith(_API)


async def _form_token(request: Request) -> tuple[str | None, Receive]:
    body = await request.body()
    try:
        found = parse_qs(body.decode(), max_num_fields=100).get(FIELD, [])
    except ValueError:
        found = []
    return found[0] if len(found) == 1 else None, _again(body, request.receive)


def _again(body: bytes, rest: Receive) -> Receive:
    """Return what gives a body that was read once more, and then what comes after it."""
    left = [body]

    async def receive() -> Message:
        if left:
            return {"type": "http.request", "body": left.pop(), "more_body": False}
        return await rest()

    return receive


def _limited(rest: Receive) -> Receive:
    """Return what receives a body, and refuses the rest of one that is too large."""
    received = 0

    async def receive() -> Message:
        nonlocal received
        message = await rest()
        received += len(message.get("body", b""))
        if received > _MOST_BYTES:
            raise Refused(413, f"what changes something has at most {_MOST_BYTES:,} bytes")
        return message

    return receive
