"""`anfl up`: pages, schedules and sensors on loopback, in the foreground until Ctrl-C.

Three processes share one loaded copy of the code; others collect from running systems, stand in for
the providers of messages, and watch over alerting. If one of them ends, all do.
"""

from __future__ import annotations

import fcntl
import os
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from anfl_assets.cli import up_services as services
from anfl_assets.cli.address import PAGES_PORT, check_loopback, free_port
from anfl_assets.cli.feed_files import feeds_option
from anfl_assets.cli.folder import settle_feeds
from anfl_assets.cli.last_words import say_last_words
from anfl_assets.cli.options import current_moment, data_dir_option
from anfl_assets.cli.services import Running, ServiceStopped, check, stop
from anfl_assets.cli.together import Together, answers, listens
from anfl_assets.errors import WorkspaceError

if TYPE_CHECKING:
    from anfl_assets.store.workspace import Workspace

_STOP_LIMIT_S = 20.0
_POLL_S = 0.2
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@click.command
@feeds_option
@data_dir_option
@click.option("--host", default="127.0.0.1", show_default=True, help="A loopback address.")
@click.option(
    "--port",
    type=click.IntRange(1, 65_535),
    help="Port of Dagster's pages (default: 3000, or any free one).",
)
@click.option(
    "--pages-port",
    type=click.IntRange(1, 65_535),
    help=f"Port of the dashboards (default: {PAGES_PORT}, or any free one).",
)
def command(
    feeds_path: Path | None,
    data_dir: Path,
    *,
    host: str,
    port: int | None,
    pages_port: int | None,
) -> None:
    """Run the dashboards, Dagster's pages and schedules on this machine until Ctrl-C."""
    from anfl_assets.defs.launch import close_left_behind
    from anfl_assets.store.workspace import open_workspace

    check_loopback(host)
    workspace = open_workspace(data_dir)
    now = current_moment(None)
    with _only_one(workspace):
        # Before the example is made: a taken port must not be told after ten seconds of work.
        ports = services.Ports(host, free_port(host, pages_port, PAGES_PORT), free_port(host, port))
        settle_feeds(workspace, feeds_path, as_of=None, now=now, say=click.echo)
        for run_id in close_left_behind(workspace, now=now):
            click.echo(f"run {run_id} had been killed; closed in the history")
        _serve(workspace, ports)


def _serve(workspace: Workspace, ports: services.Ports) -> None:
    """Start the services, say where they are, and stay until interrupted."""
    together = Together(workspace, ports, services.wanted_sandbox(workspace, ports.host))
    with ExitStack() as stack:
        stack.enter_context(_interruptible())
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="anfl-")))
        stack.callback(_stop, together.running)
        try:
            _start_all(together, scratch)
            _tell(together)
            first = together.start(services.first_run()) if _is_new(workspace) else None
            if first is not None:
                stack.callback(stop, [first], patience_s=_STOP_LIMIT_S)
                click.echo("first run         everything is collected and built once, in a minute")
            click.echo("Ctrl-C stops everything.")
            while True:
                check(together.running)
                first = _told_of_its_end(first)
                time.sleep(_POLL_S)
        except KeyboardInterrupt:
            click.echo("stopping")
        except ServiceStopped as error:
            # While the sandbox still listens, if it stands in.
            sandbox = {} if together.sandbox is None else together.sandbox.variables
            say_last_words(workspace.root, sandbox, str(error), say=_say_to_stderr)
            raise


def _say_to_stderr(text: str) -> None:
    click.echo(text, err=True)


def _tell(together: Together) -> None:
    """Say where everything is to be seen."""
    click.echo(f"pages             {together.ports.pages_url}")
    click.echo(f"Dagster's pages   {together.ports.dagster_url}")
    if together.sandbox is not None:
        about = "alerts as their readers would see them; no channel is configured"
        click.echo(f"sandbox page      {together.sandbox.url}   ({about})")
    click.echo(f"data folder       {together.workspace.root}")
    click.echo(f"logs              {together.log_dir}")


def _is_new(workspace: Workspace) -> bool:
    """Whether nothing was ever built here: the schedules alone would take a day to bring it all."""
    from anfl_assets.store.builds import last_published
    from anfl_assets.store.ledger import open_ledger

    with open_ledger(workspace) as ledger:
        return last_published(ledger) is None


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


def _start_all(together: Together, scratch: Path) -> None:
    """Start the code before the pages and the daemon: they find it by its socket."""
    from anfl_assets.defs.launch import CODE_LOCATION

    code_socket = scratch / "code.sock"
    places = scratch / "workspace.yaml"
    places.write_text(
        "load_from:\n"
        f"  - grpc_server: {{socket: {code_socket}, host: localhost,"
        f" location_name: {CODE_LOCATION}}}\n"
    )
    together.log_dir.mkdir(parents=True, exist_ok=True)
    # First: it needs nothing of the others, and what is not sampled now never will be.
    together.add(services.collector())
    if together.sandbox is not None:
        together.add(together.sandbox.service)
    together.add(services.pages(together.ports))
    together.wait(lambda: answers(f"{together.ports.pages_url}/health"))
    together.add(services.code(code_socket, CODE_LOCATION))
    together.wait(lambda: listens(code_socket))
    together.add(services.daemon(places))
    together.add(services.dagster(places, together.ports))
    together.wait(lambda: answers(f"{together.ports.dagster_url}/server_info"))
    # Last, so that it is the first to be stopped: an orderly end is nothing to tell of.
    together.add(services.watcher())


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
