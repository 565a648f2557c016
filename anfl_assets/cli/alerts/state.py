"""What the sub-commands of `anfl alerts` share: opening alerting's state, and who is asking."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from anfl_assets.cli.options import existing_workspace
from anfl_assets.cli.sandbox_place import with_sandbox

if TYPE_CHECKING:
    from anfl_assets.alert.policy import Policy
    from anfl_assets.flow.alerting.settings import Settings
    from anfl_assets.store.alerts.store import AlertStore
    from anfl_assets.store.workspace import Workspace

VIA = "the command line"
# What a database takes for a number; nobody has as many incidents.
IDENTIFIER = click.IntRange(1, 2**62)
_Command = TypeVar("_Command", bound=Callable[..., Any])


@contextmanager
def opened(data_dir: Path) -> Iterator[AlertStore]:
    """Open the state of an existing data folder.

    Raises:
        WorkspaceError: there is no data folder, or the state cannot be opened.
    """
    with open_state(existing_workspace(data_dir)) as store:
        yield store


def open_state(workspace: Workspace) -> AlertStore:
    """Open the state where this process's environment says it is.

    Raises:
        WorkspaceError: it cannot be opened.
    """
    from anfl_assets.flow.alerting.places import state_url
    from anfl_assets.store.alerts.store import open_alerts

    return open_alerts(workspace, state_url(os.environ))


def settings_of(data_dir: Path) -> Settings:
    """Read the organisation's settings with this process's environment.

    Raises:
        AlertsError: its alerts.yaml is wrong.
    """
    from anfl_assets.flow.alerting.settings import load_settings

    workspace = existing_workspace(data_dir)
    return load_settings(workspace, with_sandbox(workspace, os.environ))


def policy_of(data_dir: Path) -> Policy:
    """Read the organisation's policy.

    Raises:
        AlertsError: its alerts.yaml is wrong.
    """
    return settings_of(data_dir).policy


def answering_policy(data_dir: Path) -> Policy:
    """Read the policy for what a person answers; a broken alerts.yaml is told and hinders nobody.

    Raises:
        WorkspaceError: there is no data folder.
    """
    from anfl_assets.flow.alerting.settings import policy_in_any_case

    workspace = existing_workspace(data_dir)
    policy, problem = policy_in_any_case(workspace, with_sandbox(workspace, os.environ))
    if problem:
        click.echo(f"look: {problem}", err=True)
    return policy


def by_option(command: _Command) -> _Command:
    """Add --by (a text named `by`): a person's name, the login name where none is given."""
    return click.option(
        "--by",
        default=_login,
        callback=_named,
        help="Who you are (default: your login name).",
    )(command)


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def _named(ctx: click.Context, param: click.Parameter, value: str) -> str:
    name = " ".join(value.split())
    if not name:
        raise click.BadParameter("say who you are: --by NAME", ctx, param)
    return name


def said(ctx: click.Context, param: click.Parameter, value: str) -> str:
    """Refuse a reason that says nothing."""
    text = " ".join(value.split())
    if not text:
        raise click.BadParameter("say why, in a few words: whoever comes next will ask", ctx, param)
    return text
