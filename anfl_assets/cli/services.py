"""Child processes that live and die together.

Each has a process group of its own, so that stopping it stops what it started as well, and writes
into a log file of its own. On Linux the kernel ends them when this process is killed outright.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from anfl_assets.errors import AnflError

_POLL_S = 0.1
_TAIL_LINES = 15
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class ServiceStopped(AnflError):
    """A service ended although nobody asked it to."""


@dataclass(frozen=True)
class Service:
    """A program to keep running."""

    name: str
    arguments: Sequence[str]


@dataclass
class Running:
    """A service that was started, and where it writes."""

    service: Service
    process: subprocess.Popen[bytes]
    log_path: Path

    @property
    def tail(self) -> str:
        """The last lines of its log."""
        lines = self.log_path.read_text(errors="replace").splitlines()
        return "\n".join(lines[-_TAIL_LINES:])


def start(service: Service, *, log_dir: Path, env: Mapping[str, str]) -> Running:
    """Start a service; its log begins anew."""
    log_path = log_dir / f"{service.name}.log"
    with log_path.open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter with our own arguments
            service.arguments,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=dict(env),
            start_new_session=True,
            preexec_fn=_settle_child,  # noqa: PLW1509 - this process has one thread
        )
    return Running(service, process, log_path)


def check(running: Sequence[Running]) -> None:
    """See that all still run.

    Raises:
        ServiceStopped: one does not; the message has the end of its log.
    """
    for one in running:
        code = one.process.poll()
        if code is not None:
            raise ServiceStopped(
                f"{one.service.name} stopped with code {code}; the end of {one.log_path}:\n"
                f"{one.tail}"
            )


def stop(running: Sequence[Running], *, patience_s: float) -> None:
    """End all, last started first: interrupt, wait, and kill what has not ended by then."""
    for one in reversed(running):
        _signal(one, signal.SIGINT)
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline and any(_is_left(one) for one in running):
        time.sleep(_POLL_S)
    for one in running:
        _signal(one, signal.SIGKILL)
        one.process.wait()


def _is_left(one: Running) -> bool:
    """Whether any process of the service's group is left."""
    one.process.poll()
    try:
        os.killpg(one.process.pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _signal(one: Running, number: signal.Signals) -> None:
    if _is_left(one):
        os.killpg(one.process.pid, number)


def _settle_child() -> None:
    """Listen to interrupts, as a shell's background job does not; end with the parent (Linux)."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
