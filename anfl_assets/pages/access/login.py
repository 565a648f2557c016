"""`/login` and `/logout`: two forms that work without any script."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from anfl_assets.pages.access.gate import Gate
from anfl_assets.pages.access.guard import set_cookie
from anfl_assets.pages.access.next_page import HOME, safe_next
from anfl_assets.pages.access.read_access import USER_NAME
from anfl_assets.pages.access.refused import BY_PROXY, Refused, Show, refusal
from anfl_assets.pages.access.sessions import Session
from anfl_assets.pages.access.visit import Visit, challenge

_TEMPLATE = "login.html.jinja"
_WRONG = "The name or the password is wrong."


def login_routes(gate: Gate, show: Show) -> list[BaseRoute]:
    """Return the way in and out; `Guard` stands before both and checks their tokens."""
    desk = _Desk(gate, show)
    return [
        Route("/login", desk.asked, methods=["GET"]),
        Route("/login", desk.given, methods=["POST"]),
        Route("/logout", desk.left, methods=["POST"]),
    ]


@dataclass(frozen=True)
class _Desk:
    """Where people log in and out."""

    gate: Gate
    show: Show

    async def asked(self, request: Request) -> Response:
        """Show the form, to who is not in already."""
        wanted = safe_next(request.query_params.get("next"))
        if request.state.viewer is not None:
            return RedirectResponse(wanted, 303)
        if not self.gate.access().users:
            return refusal(request, Refused(401, BY_PROXY, challenge(request)), self.show)
        return self._form(request, wanted=wanted)

    async def given(self, request: Request) -> Response:
        """Let somebody in whose name and password are right, with a session that is new."""
        form = await request.form()
        name, password, wanted = (str(form.get(key, "")) for key in ("name", "password", "next"))
        wanted, name = safe_next(wanted), name.strip()
        try:
            user = await self.gate.user(request, name, password)
        except Refused as refused:
            told = refused.detail[:1].upper() + refused.detail[1:] + "."
            response = self._form(request, wanted=wanted, name=name, fault=told, code=429)
            response.headers.update(refused.headers or {})
            return response
        if user is None:
            return self._form(request, wanted=wanted, name=name, fault=_WRONG, code=401)
        return self._to(request, wanted, self.gate.sessions.begun(user))

    async def left(self, request: Request) -> Response:
        """End the session, for every copy of its cookie."""
        visit: Visit = request.state.visit
        if visit.session.name:
            self.gate.sessions.end(visit.session)
        return self._to(request, "/login" if self.gate.access().users else HOME, None)

    def _to(self, request: Request, address: str, session: Session | None) -> Response:
        response = RedirectResponse(address, 303)
        secure = request.state.visit.is_https
        response.headers.append("set-cookie", set_cookie(self.gate, session, is_https=secure))
        return response

    def _form(
        self,
        request: Request,
        *,
        wanted: str,
        name: str = "",
        fault: str = "",
        code: int = 200,
    ) -> Response:
        # Whether a user has the name must not show; what cannot be one may be a password.
        shown = name if USER_NAME.fullmatch(name) else ""
        content = {"next": wanted, "name": shown, "fault": fault}
        return self.show(request, _TEMPLATE, content, status_code=code)
