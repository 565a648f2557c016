"""`anfl alerts sandbox`: a stand-in for every provider, with a page of what would have arrived."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Iterable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from socket import socket

import click

from anfl_assets.cli.address import check_loopback
from anfl_assets.cli.options import current_moment
from anfl_assets.cli.sandbox_place import announced
from anfl_assets.errors import UnknownIncident, UserError

# What developers' mail catchers use; so many ports further on are near enough to be found.
_WEB_PORT, _SMTP_PORT, _NEAR = 8025, 1025, 20
_PORT = click.IntRange(1, 65_535)


@click.command
@click.option("--host", default="127.0.0.1", show_default=True, help="A loopback address.")
@click.option("--port", type=_PORT, help=f"Port of the page (default: {_WEB_PORT}, or near it).")
@click.option(
    "--smtp-port", type=_PORT, help=f"Port of the mail server (default: {_SMTP_PORT}, or near it)."
)
@click.option(
    "--data-dir",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="ANFL_DATA_DIR",
    show_envvar=True,
    help="Keep the messages in this data folder; without it they are gone at the end.",
)
def command(host: str, port: int | None, smtp_port: int | None, data_dir: Path | None) -> None:
    """Stand in for PagerDuty, Slack, Twilio, mail and webhooks until Ctrl-C; nothing is sent."""
    from anfl_assets.deliver.sandbox.inbox import Inbox, Journal
    from anfl_assets.deliver.sandbox.server import Sandbox
    from anfl_assets.store.workspace import Workspace

    check_loopback(host)
    journal = None
    if data_dir is not None:
        journal = Journal(Workspace(data_dir.resolve()).state_dir / "sandbox.jsonl")
    web = _bound(host, port, _WEB_PORT, "--port")
    mail = _bound(host, smtp_port, _SMTP_PORT, "--smtp-port")
    answer = None if data_dir is None else partial(_acknowledge, data_dir)
    sandbox = Sandbox(Inbox(lambda: current_moment(None), journal), web, mail, acknowledge=answer)
    click.echo(f"page              {sandbox.url}   (nothing leaves this machine)")
    click.echo(f"mail server       {sandbox.smtp}")
    kept = "until the end only" if journal is None else str(journal.path)
    click.echo(f"messages          kept {kept}")
    click.echo("to send here      set these two, then `anfl alerts test slack`:")
    click.echo(f"  export ANFL_SANDBOX_URL={sandbox.url} ANFL_SANDBOX_SMTP={sandbox.smtp}")
    click.echo("Ctrl-C stops it.")
    with ExitStack() as stack:
        if data_dir is not None:
            workspace = Workspace(data_dir.resolve())
            stack.enter_context(announced(workspace, sandbox.url, sandbox.smtp))
        asyncio.run(_until_stopped(sandbox.serve(), sandbox.stop))


def _acknowledge(data_dir: Path, incident_id: int, by: str, via: str) -> None:
    """Take an incident on for whoever pressed the button.

    Raises:
        UserError: it is unknown or over, or the folder has no alerts.
    """
    from anfl_assets.cli.alerts.state import answering_policy, opened
    from anfl_assets.flow.alerting.answering.incidents import acknowledge

    policy, now = answering_policy(data_dir), current_moment(None)
    with opened(data_dir) as store:
        before = acknowledge(store, incident_id, policy, by=by, via=via, now=now)
    if before is None:
        raise UnknownIncident(f"incident {incident_id} is over; nobody is told of it any more")


async def _until_stopped(serving: Awaitable[None], stop: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            loop.add_signal_handler(number, stop)
    await serving


def _bound(host: str, wanted: int | None, usual: int, option: str) -> socket:
    """Return a bound socket: the wanted port, or one near the usual one, or any free one."""
    from anfl_assets.deliver.sandbox.server import bound

    tried: Iterable[int] = (*range(usual, usual + _NEAR), 0) if wanted is None else (wanted,)
    for port in tried:
        try:
            return bound(host, port)
        except OSError:
            continue
    raise UserError(f"{option} {wanted}: another program uses it; choose another or leave it out")
