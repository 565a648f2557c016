"""The programs that `anfl up` starts, in order, and what each is told of the others."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from anfl_assets.cli.address import SANDBOX_PORT, SANDBOX_SMTP_PORT, free_port
from anfl_assets.cli.sandbox_place import is_named, variables
from anfl_assets.cli.services import Service
from anfl_assets.store.workspace import Workspace

_QUIET = {
    "DO_NOT_TRACK": "1",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "GX_ANALYTICS_ENABLED": "false",
}
# As in `flow/alerting/settings.py`, which takes longer to import than to say.
PAGES_VARIABLE = "ANFL_PAGES_URL"
_PYTHON = (sys.executable, "-m")
_ANFL = (*_PYTHON, "anfl_assets.cli")


@dataclass(frozen=True)
class Sandbox:
    """Ports of the stand-in for all providers: its page, and its mail server."""

    host: str
    port: int
    smtp_port: int

    @property
    def url(self) -> str:
        """Address of its page."""
        return f"http://{self.host}:{self.port}"

    @property
    def variables(self) -> Mapping[str, str]:
        """What tells the others where messages go."""
        return variables(self.url, f"{self.host}:{self.smtp_port}")

    @property
    def service(self) -> Service:
        """The program."""
        ports = ("--port", str(self.port), "--smtp-port", str(self.smtp_port))
        return Service("sandbox", [*_ANFL, "alerts", "sandbox", "--host", self.host, *ports])


def wanted_sandbox(workspace: Workspace, host: str) -> Sandbox | None:
    """Return the sandbox to start; None where channels are configured, or another one is named.

    Raises:
        AlertsError: alerts.yaml is wrong: nobody would be told of anything.
    """
    from anfl_assets.flow.alerting.settings import load_settings

    found = Sandbox(
        host,
        free_port(host, None, SANDBOX_PORT),
        free_port(host, None, SANDBOX_SMTP_PORT),
    )
    settings = load_settings(workspace, {**os.environ, **found.variables})
    return found if settings.channels.is_sandbox and not is_named(os.environ) else None


@dataclass(frozen=True)
class Ports:
    """Where this machine's pages are: ours, and Dagster's."""

    host: str
    pages: int
    dagster: int

    @property
    def pages_url(self) -> str:
        """Address of our pages."""
        return f"http://{self.host}:{self.pages}"

    @property
    def dagster_url(self) -> str:
        """Address of Dagster's pages."""
        return f"http://{self.host}:{self.dagster}"


def environment(workspace: Workspace, ports: Ports, sandbox: Sandbox | None) -> Mapping[str, str]:
    """The feeds file is the folder's own by now, so none is named; it may name the pages' ports.

    Messages link to our pages, unless somebody has named an address that others can reach.
    """
    return {
        PAGES_VARIABLE: ports.pages_url,
        **os.environ,
        **_QUIET,
        **(sandbox.variables if sandbox else {}),
        "DAGSTER_HOME": str(workspace.dagster_home.resolve()),
        "ANFL_DATA_DIR": str(workspace.root),
        "ANFL_FEEDS": "",
        "ANFL_PAGES_PORT": str(ports.pages),
        "ANFL_DAGSTER_PORT": str(ports.dagster),
    }


def collector() -> Service:
    """Ask running systems without end."""
    return Service("collector", [*_ANFL, "collect", "--live"])


def first_run() -> Service:
    """Collect and build everything once."""
    return Service("first-run", [*_ANFL, "run"])


def watcher() -> Service:
    """Tell when alerting itself is dead or stuck."""
    return Service("watcher", [*_ANFL, "watch"])


def code(code_socket: Path, location: str) -> Service:
    """Serve the definitions, and run what sensors and schedules do."""
    arguments = [
        *(*_PYTHON, "dagster", "api", "grpc", "--socket", str(code_socket)),
        *("--module-name", "anfl_assets.definitions", "--location-name", location),
        "--use-python-environment-entry-point",
    ]
    return Service("code", arguments)


def pages(ports: Ports) -> Service:
    """Show the dashboards, metrics and incidents."""
    return Service("pages", [*_ANFL, "serve", "--host", ports.host, "--port", str(ports.pages)])


def dagster(places: Path, ports: Ports) -> Service:
    """Show Dagster's pages."""
    address = ("--host", ports.host, "--port", str(ports.dagster))
    return Service("dagster", [*_PYTHON, "dagster_webserver", *address, "-w", str(places)])


def daemon(places: Path) -> Service:
    """Let schedules and sensors tick."""
    arguments = ("dagster._daemon", "run", "--log-level", "warning", "-w", str(places))
    return Service("daemon", [*_PYTHON, *arguments])
