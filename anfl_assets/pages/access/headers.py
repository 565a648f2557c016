"""Headers of every answer, also of errors that nobody foresaw and of streams.

The pages run scripts of their own only, load nothing from elsewhere and stand in no other's frame;
a name that got past the templates would find nothing that runs it.
"""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not `no-referrer`: with it browsers hide from us which of our pages sends a form.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Figures of a business: not for whoever presses "back" after the log-out.
    "Cache-Control": "no-store",
}


class SecureHeaders:
    """Puts the headers on each answer that does not bring its own."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before an application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; what is sent back gets the headers."""

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message.setdefault("headers", []))
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, sending if scope["type"] == "http" else send)


class SecureStarlette(Starlette):
    """An application whose every answer has the headers: also those of its own error handler."""

    def build_middleware_stack(self) -> ASGIApp:
        """Return the stack with the headers outermost, where `middleware` cannot stand."""
        return SecureHeaders(super().build_middleware_stack())
