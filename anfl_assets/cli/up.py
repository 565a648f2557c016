"""`anfl up`: Dagster's pages, schedules and code on loopback, in the foreground until Ctrl-C.

Three processes share one loaded copy of the code, a fourth collects from running systems; if one of
them ends, all do.
"""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from anfl_assets.cli.address import check_loopback, free_port
from anfl_assets.cli.feed_files import feeds_option
from anfl_assets.cli.folder import settle_feeds
from anfl_assets.cli.options import current_moment, data_dir_option
from anfl_assets.cli.services import Running, Service, ServiceStopped, check, start, stop
from anfl_assets.errors import WorkspaceError

if TYPE_CHECKING:
    from anfl_assets.store.workspace import Workspace

_START_LIMIT_S = 180.0
_STOP_LIMIT_S = 20.0
_POLL_S = 0.2
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_QUIET = {
    "DO_NOT_TRACK": "1",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "GX_ANALYTICS_ENABLED": "false",
}


@click.command
@feeds_option
@data_dir_option
@click.option("--host", default="127.0.0.1", show_default=True, help="A loopback address.")
@click.option(
    "--port",
    type=click.IntRange(1, 65_535),
    help="Port of the pages (default: 3000, or any free one).",
)
def command(feeds_path: Path | None, data_dir: Path, host: str, port: int | None) -> None:
    """Run Dagster's pages and schedules on this machine until Ctrl-C."""
    from anfl_assets.defs.launch import close_left_behind
    from anfl_assets.store.workspace import open_workspace

    check_loopback(host)
    workspace = open_workspace(data_dir)
    now = current_moment(None)
    with _only_one(workspace):
        # Before the example is made: a taken port must not be told after ten seconds of work.
        free = free_port(host, port)
        settle_feeds(workspace, feeds_path, as_of=None, now=now, say=click.echo)
        for run_id in close_left_behind(workspace, now=now):
            click.echo(f"run {run_id} had been killed; closed in the history")
        _serve(workspace, host, free)


def _serve(workspace: Workspace, host: str, port: int) -> None:
    """Start the services, say where they are, and stay until interrupted."""
    url = f"http://{host}:{port}"
    running: list[Running] = []
    with ExitStack() as stack:
        stack.enter_context(_interruptible())
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="anfl-")))
        stack.callback(_stop, running)
        try:
            _start_all(running, workspace, scratch, host=host, port=port)
            _wait(running, lambda: _answers(f"{url}/server_info"))
            click.echo(f"Dagster's pages   {url}")
            click.echo(f"data folder       {workspace.root}")
            click.echo(f"logs              {_log_dir(workspace)}")
            first = _first_run(workspace, port) if _is_new(workspace) else None
            if first is not None:
                stack.callback(stop, [first], patience_s=_STOP_LIMIT_S)
                click.echo("first run         everything is collected and built once, in a minute")
            click.echo("Ctrl-C stops everything.")
            while True:
                check(running)
                first = _told_of_its_end(first)
                time.sleep(_POLL_S)
        except KeyboardInterrupt:
            click.echo("stopping")


def _is_new(workspace: Workspace) -> bool:
    """Whether nothing was ever built here: the schedules alone would take a day to bring it all."""
    from anfl_assets.store.builds import last_published
    from anfl_assets.store.ledger import open_ledger

    with open_ledger(workspace) as ledger:
        return last_published(ledger) is None


def _first_run(workspace: Workspace, port: int) -> Running:
    """Collect and build everything once beside the services; it ends by itself."""
    command = [sys.executable, "-m", "anfl_assets.cli", "run"]
    env = _environment(workspace, port)
    return start(Service("first-run", command), log_dir=_log_dir(workspace), env=env)


def _told_of_its_end(first: Running | None) -> Running | None:
    """Say how the first run ended, once it has; return it as long as it runs."""
    code = None if first is None else first.process.poll()
    if first is None or code is None:
        return first
    if code == 0:
        click.echo("first run         done; `anfl status` shows the board")
    else:
        told = f"stopped with code {code}; the end of {first.log_path}:"
        click.echo(f"first run         {told}\n{first.tail}", err=True)
    return None


def _stop(running: list[Running]) -> None:
    """Stop the services; a second Ctrl-C must not leave half of them behind."""
    for number in (*_STOP_SIGNALS, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    stop(running, patience_s=_STOP_LIMIT_S)


def _start_all(
    running: list[Running], workspace: Workspace, scratch: Path, *, host: str, port: int
) -> None:
    """Start the code before the pages and the daemon: they find it by its socket."""
    from anfl_assets.defs.launch import CODE_LOCATION

    code_socket = scratch / "code.sock"
    places = scratch / "workspace.yaml"
    places.write_text(
        "load_from:\n"
        f"  - grpc_server: {{socket: {code_socket}, host: localhost,"
        f" location_name: {CODE_LOCATION}}}\n"
    )
    python = [sys.executable, "-m"]
    code = [
        *(*python, "dagster", "api", "grpc", "--socket", str(code_socket)),
        *("--module-name", "anfl_assets.definitions", "--location-name", CODE_LOCATION),
        "--use-python-environment-entry-point",
    ]
    pages = [*python, "dagster_webserver", "--host", host, "--port", str(port), "-w", str(places)]
    daemon = [*python, "dagster._daemon", "run", "--log-level", "warning", "-w", str(places)]
    collector = [*python, "anfl_assets.cli", "collect", "--live"]
    env = _environment(workspace, port)
    log_dir = _log_dir(workspace)
    log_dir.mkdir(parents=True, exist_ok=True)
    # First: it needs nothing of the others, and what is not sampled now never will be.
    running.append(start(Service("collector", collector), log_dir=log_dir, env=env))
    running.append(start(Service("code", code), log_dir=log_dir, env=env))
    _wait(running, lambda: _listens(code_socket))
    running.append(start(Service("pages", pages), log_dir=log_dir, env=env))
    running.append(start(Service("daemon", daemon), log_dir=log_dir, env=env))


def _environment(workspace: Workspace, port: int) -> Mapping[str, str]:
    """The feeds file is the folder's own by now, so none is named; it may name the pages' port."""
    return {
        **os.environ,
        **_QUIET,
        "DAGSTER_HOME": str(workspace.dagster_home.resolve()),
        "ANFL_DATA_DIR": str(workspace.root),
        "ANFL_FEEDS": "",
        "ANFL_PAGES_PORT": str(port),
    }


def _log_dir(workspace: Workspace) -> Path:
    return workspace.dagster_home / "up"


def _wait(running: list[Running], is_ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _START_LIMIT_S
    while not is_ready():
        check(running)
        if time.monotonic() > deadline:
            last = running[-1]
            raise ServiceStopped(
                f"{last.service.name} is not ready after {_START_LIMIT_S:.0f} s; the end of "
                f"{last.log_path}:\n{last.tail}"
            )
        time.sleep(_POLL_S)


def _listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return path.exists() and probe.connect_ex(str(path)) == 0


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - http, our own address
            return bool(answer.status == 200)  # noqa: PLR2004 - OK
    except (urllib.error.URLError, OSError):
        return False


@contextmanager
def _only_one(workspace: Workspace) -> Iterator[None]:
    """Hold the folder's place for one `anfl up`; the kernel frees it however this process ends."""
    workspace.state_dir.mkdir(parents=True, exist_ok=True)
    path = workspace.state_dir / "up.lock"
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644), "r+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise WorkspaceError(
                f"{workspace.root}: `anfl up` runs there already (process {lock.read().strip()})"
            ) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


@contextmanager
def _interruptible() -> Iterator[None]:
    """Treat SIGTERM (a service manager's stop) and SIGHUP as Ctrl-C; in the background too."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise KeyboardInterrupt

    # A terminal that closes stops everything as well, unless `nohup` said it shall not.
    is_kept = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    heard = _STOP_SIGNALS if is_kept else (*_STOP_SIGNALS, signal.SIGHUP)
    before = {number: signal.signal(number, interrupt) for number in heard}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
