"""`anfl notebook`: the project's notebooks in a browser on this machine.

They are marimo files in `notebooks/` of a checkout. Running one never changes it; `--edit` opens a
copy in the data folder, so that the project's own stay what its tests run.
"""

from __future__ import annotations

import ast
import os
import secrets
import shutil
import sys
from pathlib import Path

import click

from anfl_assets.cli.address import free_port
from anfl_assets.cli.options import data_dir_option, json_option, print_json
from anfl_assets.cli.render import console, table
from anfl_assets.config.section import nearest
from anfl_assets.errors import UserError

FOLDER = Path(__file__).parents[2] / "notebooks"
_HOST = "127.0.0.1"
_PORT = 2718


@click.command(name="notebook")
@click.argument("name", required=False)
@data_dir_option
@click.option("--edit", "is_edited", is_flag=True, help="Open a copy of your own to change.")
@click.option(
    "--port", type=click.IntRange(1, 65_535), help=f"Port (default: {_PORT}, or any free one)."
)
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@json_option
def command(
    name: str | None,
    data_dir: Path,
    port: int | None,
    *,
    is_edited: bool,
    no_browser: bool,
    as_json: bool,
) -> None:
    """Open the notebook NAME until Ctrl-C; without a NAME, list those there are.

    It is served to this machine only, and to whoever has the token of the address printed.
    """
    found = notebooks(FOLDER)
    if name is None:
        _list(found, as_json=as_json)
        return
    path = chosen(name, found)
    if is_edited:
        path = own_copy(path, data_dir.resolve() / "notebooks")
        click.echo(f"yours to change: {path}")
    arguments = marimo_arguments(path, free_port(_HOST, port, _PORT), is_edited=is_edited)
    os.environ["ANFL_DATA_DIR"] = str(data_dir.resolve())
    os.environ["MARIMO_SKIP_UPDATE_CHECK"] = "1"
    token = ["--token-password-file", token_file()]
    sys.stdout.flush()
    # In this process's place: Ctrl-C and exit codes are marimo's own.
    os.execv(sys.executable, [*arguments, *token, *(["--headless"] if no_browser else [])])  # noqa: S606


def notebooks(folder: Path) -> dict[str, str]:
    """Return what there is to open with the first line of each, by name.

    Raises:
        UserError: this is an installed package without them.
    """
    paths = sorted(folder.glob("*.py"))
    if not paths:
        raise UserError(
            f"{folder}: no notebooks there; they are part of a checkout of the project, not of the "
            "installed package (`import anfl_assets as anfl` works in any notebook)"
        )
    return {path.stem: _first_line(path) for path in paths}


def chosen(name: str, found: dict[str, str]) -> Path:
    """Return the file of a notebook.

    Raises:
        UserError: there is none of that name.
    """
    word = name.removesuffix(".py").replace("-", "_").lower()
    if word not in found:
        raise UserError(
            f"no notebook is called {name!r}{nearest(word, found)}; there are {', '.join(found)}"
        )
    return FOLDER / f"{word}.py"


def own_copy(path: Path, folder: Path) -> Path:
    """Return a person's own copy of a notebook; one that is there already stays as it is."""
    copy = folder / path.name
    if not copy.exists():
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    return copy


def marimo_arguments(path: Path, port: int, *, is_edited: bool) -> list[str]:
    """Return the program that serves a notebook, to this machine and with a token."""
    verb = ["edit", "--skip-update-check"] if is_edited else ["run"]
    place = ["--host", _HOST, "--port", str(port), "--token", "--no-sandbox"]
    return [sys.executable, "-m", "marimo", *verb, str(path), *place]


def token_file() -> str:
    """Return a file that says a token once: who may list processes must not read it there.

    marimo's own token of an application is made of its source, the same for everybody.
    """
    reading, writing = os.pipe()
    os.set_inheritable(reading, True)  # noqa: FBT003 - the way it is spelt
    with os.fdopen(writing, "w") as pipe:
        pipe.write(secrets.token_urlsafe(24))
    return f"/dev/fd/{reading}"


def _list(found: dict[str, str], *, as_json: bool) -> None:
    if as_json:
        print_json([{"notebook": name, "purpose": told} for name, told in found.items()])
        return
    made = table("notebook", "what it is for")
    for name, told in found.items():
        made.add_row(name, told)
    out = console()
    out.print(made)
    out.print("`anfl notebook NAME` opens one; with --edit a copy of your own, to change.")


def _first_line(path: Path) -> str:
    told = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return told.partition("\n")[0]
