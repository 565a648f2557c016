"""The gate tells of each request who sent it.

Nobody is asked while no users and no proxy are configured; then the pages are for this machine
alone, and the host that a request names must be this machine. Else the trusted proxy's header
counts first, then a password in the request, then the session.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette.requests import Request

from anfl_assets.pages.access.attempts import Attempts
from anfl_assets.pages.access.current import CurrentAccess
from anfl_assets.pages.access.forms import Forms
from anfl_assets.pages.access.origin import (
    is_by_proxy,
    is_forwarded,
    is_https,
    names_this_machine,
    sender,
)
from anfl_assets.pages.access.passwords import Passwords, TooBusy
from anfl_assets.pages.access.people import HERE, Access, Role, User, Viewer
from anfl_assets.pages.access.refused import Refused
from anfl_assets.pages.access.sessions import Sessions
from anfl_assets.pages.access.visit import Visit, challenge, credentials
from anfl_assets.wording.inert import one_line

if TYPE_CHECKING:
    from anfl_assets.pages.access.sessions import Session

_SESSION, _PASSWORD = "login", "password"
_LONGEST_NAME = 200


@dataclass
class Gate:
    """All that one process knows of who may come in.

    `local_name` is who sits at this machine; None where it listens to other machines as well.
    """

    current: CurrentAccess
    sessions: Sessions
    forms: Forms
    passwords: Passwords
    attempts: Attempts
    local_name: str | None
    _last: Access = field(default_factory=Access)

    def access(self) -> Access:
        """Return who may come in now; remembered passwords are forgotten when that changes."""
        found = self.current()
        if found is not self._last:
            self._last = found
            self.passwords.forget()
        return found

    async def visit(self, request: Request) -> Visit:
        """Tell who sends a request; nobody is an answer as well.

        Raises:
            Refused: it comes in a way that nobody may come, or with a password that is wrong.
        """
        access = self.access()
        cookie = request.cookies.get(self.sessions.cookie)
        if access.is_open:
            return self._local(request, cookie)
        proxied = self._proxied(request, access)
        if proxied is not None:
            return self._of(request, cookie, viewer=proxied, mark=_proxy_mark(access))
        given = credentials(request)
        if given is not None:
            user = await self.user(request, *given)
            if user is None:
                raise Refused(401, "the name or the password is wrong", challenge(request))
            viewer = Viewer(user.name, user.role, _PASSWORD)
            mark = self.sessions.mark(user)
            return self._of(request, cookie, viewer=viewer, mark=mark, has_password=True)
        return self._by_session(request, cookie, access)

    async def user(self, request: Request, name: str, password: str) -> User | None:
        """Return the user of a name and password, None where one of them is wrong.

        Raises:
            Refused: there were too many wrong ones.
        """
        access = self.access()
        address, user = sender(request, access), access.users.get(name)
        wait = self.attempts.wait_s(name, address)
        if wait > 0:
            raise _too_many(wait)
        if user is not None and self.passwords.remembers(user, password):
            return user
        is_guess = user is None or not self.passwords.is_checking(user, password)
        if is_guess:
            self.attempts.begin(name, address)
        try:
            return await self._checked(user, password, name, address if is_guess else None)
        except TooBusy as error:
            raise Refused(429, str(error), {"Retry-After": "1"}) from error

    def still_stands(self, visit: Visit) -> bool:
        """Whether a visit that lasts, such as a stream of events, may go on."""
        access, viewer = self.access(), visit.viewer
        if viewer is None:
            return False
        if viewer.via == HERE:
            return access.is_open
        if viewer.via == "proxy":
            return visit.mark == _proxy_mark(access)
        user = access.users.get(viewer.name)
        is_same = user is not None and self.sessions.mark(user) == visit.mark
        return is_same and (visit.has_password or self.sessions.is_current(visit.session))

    async def _checked(
        self, user: User | None, password: str, name: str, address: str | None
    ) -> User | None:
        if user is None:
            await self.passwords.are_nobodys(self._last.users, password)
            return None
        if not await self.passwords.are_right(user, password):
            return None
        if address is not None:
            self.attempts.succeeded(name, address)
        return user

    def _local(self, request: Request, cookie: str | None) -> Visit:
        if self.local_name is None:
            raise Refused(403, "nobody may come in: access.yaml names neither users nor a proxy")
        if not names_this_machine(request):
            raise Refused(403, "these pages are for this machine: ask for localhost or 127.0.0.1")
        if is_forwarded(request):
            raise Refused(
                403,
                "a proxy has sent this on, but no users and no proxy are configured: "
                "`anfl users add NAME`, or a section `proxy` in access.yaml",
            )
        return self._of(request, cookie, viewer=Viewer(self.local_name, Role.OPERATOR, HERE))

    def _proxied(self, request: Request, access: Access) -> Viewer | None:
        proxy = access.proxy
        if proxy is None or proxy.header is None or not is_by_proxy(request, access):
            return None
        names = [value for key, value in request.scope["headers"] if key == proxy.header.encode()]
        if not names:
            return None
        name = _name(names)
        if name is None:
            raise Refused(401, "the proxy names nobody, more than one, or what is no name")
        return proxy.viewer(name)

    def _by_session(self, request: Request, cookie: str | None, access: Access) -> Visit:
        session = self.sessions.opened(cookie)
        user = access.users.get(session.name) if session and session.name else None
        if session is None or user is None or self.sessions.mark(user) != session.mark:
            return self._of(request, cookie, viewer=None)
        viewer = Viewer(user.name, user.role, _SESSION)
        return Visit(viewer, session, session.mark, is_https=is_https(request, access))

    def _of(
        self,
        request: Request,
        cookie: str | None,
        *,
        viewer: Viewer | None,
        mark: str = "",
        has_password: bool = False,
    ) -> Visit:
        """Return a visit of somebody who has no session of ours, or whose is a mere visitor's."""
        session: Session | None = self.sessions.opened(cookie)
        is_new = session is None or bool(session.name)
        kept = self.sessions.begun() if session is None or is_new else session
        secure = is_https(request, self._last)
        return Visit(viewer, kept, mark, has_password=has_password, is_new=is_new, is_https=secure)


def _name(values: list[bytes]) -> str | None:
    try:
        name = values[0].decode().strip()
    except UnicodeDecodeError:
        return None
    is_name = bool(name) and one_line(name, _LONGEST_NAME) == name
    return name if is_name and len(values) == 1 else None


def _proxy_mark(access: Access) -> str:
    return repr(access.proxy)


def _too_many(wait_s: float) -> Refused:
    seconds = math.ceil(wait_s)
    return Refused(
        429, f"too many wrong passwords; try again in {seconds} s", {"Retry-After": str(seconds)}
    )
