"""`anfl doctor`: one page that says whether everything works, and what to do where it does not."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from anfl_assets.cli.options import (
    current_moment,
    data_dir_option,
    existing_workspace,
    json_option,
    print_json,
)
from anfl_assets.cli.render import console, printable
from anfl_assets.cli.sandbox_place import with_sandbox
from anfl_assets.cli.span import Span

if TYPE_CHECKING:
    from anfl_assets.flow.alerting.doctor.finding import Finding, Health

_BROKEN = 1
_LOOKS: dict[Health, str] = {"ok": "✔ ok", "look": "▲ look", "broken": "✖ broken"}


@click.command(name="doctor")
@data_dir_option
@click.option(
    "--max-age",
    type=Span(),
    default="90s",
    show_default=True,
    help="A process that has not run for longer is broken.",
)
@json_option
@click.pass_context
def command(ctx: click.Context, data_dir: Path, *, max_age: timedelta, as_json: bool) -> None:
    """Look at data, alerting and its channels; exit code 1 if something is broken."""
    from anfl_assets.flow.alerting.doctor.page import Examination

    workspace, now = existing_workspace(data_dir), current_moment(None)
    environ = with_sandbox(workspace, os.environ)
    found = Examination(workspace, environ, now, max_age).findings()
    is_broken = any(each.health == "broken" for each in found)
    if as_json:
        print_json(
            {"at": now, "is_ok": not is_broken, "findings": [asdict(each) for each in found]}
        )
    else:
        _show(found)
    ctx.exit(_BROKEN if is_broken else 0)


def _show(found: Sequence[Finding]) -> None:
    out = console()
    width = max(len(each.topic) for each in found)
    for each in found:
        look = _LOOKS[each.health]
        out.print(f"{look:<9} {printable(each.topic):<{width}}  {printable(each.text)}")
        if each.todo:
            out.print(f"{'':<9} {'':<{width}}  → {printable(each.todo)}")
    counted = Counter(each.health for each in found)
    out.print(", ".join(f"{counted[health]} {health}" for health in _LOOKS))
