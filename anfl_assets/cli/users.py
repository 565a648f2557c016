"""`anfl users`: who may see the pages from other machines, and who may answer incidents there.

Passwords come from the terminal without an echo or from standard input, never as an argument: those
stand in histories of shells and in lists of processes.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from anfl_assets.cli.options import data_dir_option, json_option, print_json
from anfl_assets.cli.render import console, printable, table
from anfl_assets.errors import UserError

if TYPE_CHECKING:
    from anfl_assets.pages.access.people import Access

# Longer than any password may be, so that a longer one is seen to be.
_MOST_READ = 2_000


@click.group(name="users")
def command() -> None:
    """Who may see the pages from other machines, and who may answer incidents there."""


@command.command(name="add")
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice(["viewer", "operator"]),
    help="A viewer reads; an operator acknowledges and silences too. [default: as it was, viewer]",
)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@data_dir_option
def add(name: str, role: str | None, *, password_stdin: bool, data_dir: Path) -> None:
    """Add a user, or give one a new password or role."""
    from anfl_assets.pages.access.passwords import hashed
    from anfl_assets.pages.access.people import Role
    from anfl_assets.pages.access.write_access import check_name, put_user

    check_name(name)
    path = _path(data_dir)
    known = _access(data_dir).users.get(name)
    chosen = Role(role) if role else (known.role if known else Role.VIEWER)
    password_hash = hashed(_password(from_stdin=password_stdin))
    is_new = put_user(path, name, password_hash=password_hash, role=chosen)
    done = "may come in" if is_new else "has a new password; their sessions have ended"
    click.echo(f"{printable(name)}, {chosen.value}: {done} ({path})")


@command.command(name="list")
@data_dir_option
@json_option
def list_users(data_dir: Path, *, as_json: bool) -> None:
    """Show the users and their roles."""
    users = sorted(_access(data_dir).users.values(), key=lambda user: user.name)
    if as_json:
        print_json([{"name": user.name, "role": user.role.value} for user in users])
        return
    if not users:
        click.echo("no users: the pages are for this machine alone, or for whom a proxy lets in")
        return
    made = table("Name", "Role", whole=("Name",))
    for user in users:
        made.add_row(user.name, user.role.value)
    console().print(made)


@command.command(name="remove")
@click.argument("name")
@data_dir_option
def remove(name: str, data_dir: Path) -> None:
    """Take a user out; their sessions end at once."""
    from anfl_assets.pages.access.write_access import remove_user

    remove_user(_path(data_dir), name)
    click.echo(f"{printable(name)}: may not come in any more")
    if _access(data_dir).is_open:
        click.echo("nobody is left: `anfl serve` listens to this machine only, and asks nobody")


@command.command(name="check")
@data_dir_option
@json_option
def check(data_dir: Path, *, as_json: bool) -> None:
    """Check access.yaml: who may come in, and which way; exit code 2 if it is faulty."""
    from anfl_assets.pages.access.private_file import exposure

    access, exposed = _access(data_dir), exposure(_path(data_dir))
    if as_json:
        print_json(_told(access, exposed))
        return
    operators = sum(user.role.value == "operator" for user in access.users.values())
    click.echo(f"users    {len(access.users)}, {operators} of them operators")
    click.echo(f"proxy    {_proxy(access)}")
    listens = "any address" if access.has_entrance else "this machine only, without a login"
    click.echo(f"listens  {listens}")
    if exposed is not None:
        click.echo(f"warning  {printable(exposed)}")


def _told(access: Access, exposed: str | None) -> dict[str, object]:
    return {
        "users": [{"name": user.name, "role": user.role.value} for user in access.users.values()],
        "proxy": _proxy(access) if access.proxy else None,
        "may_listen_anywhere": access.has_entrance,
        "warning": exposed,
    }


def _proxy(access: Access) -> str:
    if access.proxy is None:
        return "none"
    places = ", ".join(map(str, access.proxy.networks))
    return f"{access.proxy.header or 'names nobody; our users log in'}, from {places}"


def _password(*, from_stdin: bool) -> str:
    """Ask for a password twice, or read one line of standard input.

    Raises:
        UserError: there is no terminal to ask at, or no line.
    """
    if not from_stdin:
        if not sys.stdin.isatty():
            raise UserError("no terminal to ask at; give the password with --password-stdin")
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    password = sys.stdin.readline(_MOST_READ).rstrip("\r\n")
    if not password:
        raise UserError("--password-stdin: found nothing; expected the password on one line")
    return password


def _access(data_dir: Path) -> Access:
    from anfl_assets.pages.access.read_access import read_access

    return read_access(_path(data_dir))


def _path(data_dir: Path) -> Path:
    from anfl_assets.pages.access.read_access import FILE

    return data_dir.resolve() / FILE
