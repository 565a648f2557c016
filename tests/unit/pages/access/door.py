"""A guarded application for tests: a hand-wound clock, cheap passwords, answers as plain text.

`/` greets, `/change` changes, `/fails` breaks, `/stream` goes on until it is let go.
"""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from argon2 import PasswordHasher
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from anfl_assets.flow.clock import Clock
from anfl_assets.pages.access.gate import Gate
from anfl_assets.pages.access.guard import Guard
from anfl_assets.pages.access.headers import SecureStarlette
from anfl_assets.pages.access.login import login_routes
from anfl_assets.pages.access.opening import open_gate
from anfl_assets.store.workspace import Workspace

# As cheap as argon2 gets: what a check costs is not what these tests are about.
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
ANA, VIC = "correct horse battery", "an onlooker's words"
HASHES = {"ana": CHEAP.hash(ANA), "vic": CHEAP.hash(VIC)}
USERS = f"""\
users:
  ana: {{password_hash: "{HASHES["ana"]}", role: operator}}
  vic: {{password_hash: "{HASHES["vic"]}"}}
"""
PROXY = "proxy: {header: X-Forwarded-User, from: [10.0.0.0/8], operators: [ana]}\n"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HTML = {"Accept": "text/html"}


@dataclass
class Wound:
    """A clock that goes when it is told to."""

    passed_s: float = 0.0

    def clock(self) -> Clock:
        """Return it as the project's clocks are."""
        return Clock(lambda: NOON + timedelta(seconds=self.passed_s), lambda: self.passed_s)


@dataclass
class Door:
    """The application, its gate, its clock, what it told its keeper and who got through."""

    app: SecureStarlette
    gate: Gate
    time: Wound
    folder: Path
    told: list[str] = field(default_factory=list)
    reached: list[str] = field(default_factory=list)

    def client(self, address: str = "192.0.2.7", host: str = "pages.example") -> httpx.AsyncClient:
        """Return a browser at an address."""
        transport = httpx.ASGITransport(
            self.app, client=(address, 4_711), raise_app_exceptions=False
        )
        return httpx.AsyncClient(transport=transport, base_url=f"http://{host}")

    def write(self, text: str) -> None:
        """Write access.yaml."""
        (self.folder / "access.yaml").write_text(text)
        (self.folder / "access.yaml").chmod(0o600)


def door(folder: Path, access: str, *, host: str = "0.0.0.0") -> Door:  # noqa: S104 - that is it
    """Return a door with this access.yaml, none where it is empty."""
    time, told, reached = Wound(), list[str](), list[str]()
    if access:
        (folder / "access.yaml").write_text(access)
        (folder / "access.yaml").chmod(0o600)
    gate = open_gate(
        Workspace(folder),
        {"ANFL_PAGES_SECRET": "0123456789abcdef" * 4},
        host=host,
        local_name="local",
        tell=told.append,
        clock=time.clock(),
    )
    app = SecureStarlette(
        routes=[*_routes(reached), *login_routes(gate, shown)],
        middleware=[Middleware(Guard, gate=gate, show=shown)],
    )
    return Door(app, gate, time, folder, told, reached)


def shown(request: Request, name: str, content: Mapping[str, Any], *, status_code: int) -> Response:
    """Render a template's content as text, the token first."""
    lines = [f"{key}={value}" for key, value in content.items()]
    text = "\n".join([request.state.csrf_token, name, *lines])
    return PlainTextResponse(text, status_code)


def _routes(reached: list[str]) -> list[Route]:
    async def greet(request: Request) -> Response:
        reached.append(request.state.viewer.name)
        viewer = request.state.viewer
        return PlainTextResponse(f"{request.state.csrf_token}\n{viewer.name} {viewer.role}")

    async def change(request: Request) -> Response:
        reached.append(request.state.viewer.name)
        return PlainTextResponse(
            f"changed by {request.state.viewer.name}: {await request.body()!r}"
        )

    async def fails(request: Request) -> Response:
        raise ZeroDivisionError(request.url.path)

    async def stream(request: Request) -> Response:
        del request
        return StreamingResponse(_events(reached), media_type="text/event-stream")

    return [
        Route("/", greet),
        Route("/api/status", greet),
        Route("/change", change, methods=["POST", "DELETE"]),
        Route("/api/change", change, methods=["POST"]),
        Route("/fails", fails),
        Route("/stream", stream),
    ]


async def _events(reached: list[str]) -> AsyncIterator[str]:
    for number in range(5):
        reached.append(f"event {number}")
        yield f"data: {number}\n\n"


def token_of(answer: httpx.Response) -> str:
    """Return the token that stands first in a page of these tests."""
    return answer.text.splitlines()[0]


def basic(name: str, password: str) -> dict[str, str]:
    """Return the header of HTTP Basic."""
    text = base64.b64encode(f"{name}:{password}".encode()).decode()
    return {"Authorization": f"Basic {text}"}


async def logged_in(browser: httpx.AsyncClient, name: str, password: str) -> httpx.Response:
    """Log in as a person does; return the answer to the form."""
    form = await browser.get("/login", headers=HTML)
    given = {"name": name, "password": password, "csrf_token": token_of(form), "next": "/"}
    return await browser.post("/login", data=given, headers=HTML)
