"""The options that several sub-commands share, spelled once.

Only how a person names a data folder or asks for JSON; what a command does with it is its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from anfl_assets.errors import WorkspaceError
from anfl_assets.store.workspace import Workspace
from anfl_assets.wording.inert import utf8

DEFAULT_DATA_DIR = Path("build/data")
# Far from where calendars of ours end: a window around a moment must be a date as well.
_YEARS = range(1900, 2200)
_Command = TypeVar("_Command", bound=Callable[..., Any])


def data_dir_option(command: _Command) -> _Command:
    """Add --data-dir (a Path named `data_dir`)."""
    return click.option(
        "--data-dir",
        type=click.Path(path_type=Path, file_okay=False),
        envvar="ANFL_DATA_DIR",
        default=DEFAULT_DATA_DIR,
        show_default=True,
        show_envvar=True,
        help="The data folder: one organisation's lake, ledger and history.",
    )(command)


def json_option(command: _Command) -> _Command:
    """Add --json (a bool named `as_json`)."""
    return click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")(command)


def as_of_option(command: _Command) -> _Command:
    """Add --as-of (a UTC datetime or None named `as_of`)."""
    return click.option(
        "--as-of",
        type=Moment(),
        default=None,
        help="Act as if it were this moment (ISO 8601, UTC unless it says otherwise).",
    )(command)


class Moment(click.ParamType[datetime]):
    """A point in time such as 2026-09-01 or 2026-09-01T12:00:00Z."""

    name = "MOMENT"

    def convert(
        self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Read ISO 8601 of 1900 to 2199; a time without an offset is UTC."""
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(
                f"{value!r} is no ISO 8601 date or time such as 2026-09-01T12:00Z", param, ctx
            )
        if moment.year not in _YEARS:
            self.fail(
                f"{value!r} is outside the years {_YEARS.start} to {_YEARS.stop - 1}", param, ctx
            )
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def current_moment(as_of: datetime | None) -> datetime:
    """Return `as_of`, or the clock: the one place of the command line that reads it."""
    return as_of or datetime.now(UTC)


def existing_workspace(data_dir: Path) -> Workspace:
    """Open a data folder for reading.

    Raises:
        WorkspaceError: nothing has been run there yet.
    """
    workspace = Workspace(data_dir.resolve())
    if not workspace.state_path.exists():
        raise WorkspaceError(
            f"{data_dir}: no data folder; `anfl run --data-dir {data_dir}` makes one"
        )
    return workspace


def print_json(value: object) -> None:
    """Write one JSON document to standard output; times as ISO 8601, decimals as text."""
    text = json.dumps(value, default=_as_text, ensure_ascii=False, indent=2)
    click.echo(utf8(text).decode())


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime | date) else str(value)
