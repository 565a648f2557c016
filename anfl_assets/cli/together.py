"""What `anfl up` runs for one data folder: started, ready and ended together."""

from __future__ import annotations

import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from anfl_assets.cli.services import Running, Service, ServiceStopped, check, start
from anfl_assets.cli.up_services import Ports, Sandbox, environment
from anfl_assets.store.workspace import Workspace

_START_LIMIT_S = 180.0
_POLL_S = 0.2


@dataclass(frozen=True)
class Together:
    """The services of one data folder, and where each is to be found."""

    workspace: Workspace
    ports: Ports
    sandbox: Sandbox | None
    running: list[Running] = field(default_factory=list)

    @property
    def log_dir(self) -> Path:
        """Where each service writes."""
        return self.workspace.dagster_home / "up"

    def start(self, service: Service) -> Running:
        """Start one beside the others, which need not go on for ever."""
        env = environment(self.workspace, self.ports, self.sandbox)
        return start(service, log_dir=self.log_dir, env=env)

    def add(self, service: Service) -> None:
        """Start one that must go on as long as all do."""
        self.running.append(self.start(service))

    def wait(self, is_ready: Callable[[], bool]) -> None:
        """Wait until the service added last is ready.

        Raises:
            ServiceStopped: one has ended, or it is not ready in time.
        """
        deadline = time.monotonic() + _START_LIMIT_S
        while not is_ready():
            check(self.running)
            if time.monotonic() > deadline:
                last = self.running[-1]
                raise ServiceStopped(
                    f"{last.service.name} is not ready after {_START_LIMIT_S:.0f} s; the end of "
                    f"{last.log_path}:\n{last.tail}"
                )
            time.sleep(_POLL_S)


def listens(path: Path) -> bool:
    """Whether somebody answers at a socket."""
    with socket.socket(socket.AF_UNIX) as probe:
        return path.exists() and probe.connect_ex(str(path)) == 0


def answers(url: str) -> bool:
    """Whether an address of this machine answers."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - http, our own address
            return bool(answer.status == 200)  # noqa: PLR2004 - OK
    except (urllib.error.URLError, OSError):
        return False
