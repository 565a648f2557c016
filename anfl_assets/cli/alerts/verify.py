"""`anfl alerts verify`: policy tests, as promtool has them for rules."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from anfl_assets.cli.options import json_option, print_json

if TYPE_CHECKING:
    from anfl_assets.alert.policy_test import Line
    from anfl_assets.flow.alerting.replaying.verify import Verified


@click.command(name="verify")
@click.argument("files", nargs=-1, required=True,
                type=click.Path(path_type=Path, exists=True, dir_okay=False))  # fmt: skip
@json_option
@click.pass_context
def command(ctx: click.Context, /, files: tuple[Path, ...], *, as_json: bool) -> None:
    """Run policy tests: series and acknowledgements in, the timeline of messages out.

    Exit code 1 where a message is missing or one too many is sent. Nothing is sent and no data
    folder is needed.
    """
    from anfl_assets.alert.policy_test import has_failed
    from anfl_assets.flow.alerting.replaying.verify import verify

    found = [(path, each) for path in files for each in verify(path)]
    failed = [each for each in found if has_failed(each[1].lines)]
    if as_json:
        print_json([_document(path, each) for path, each in found])
    else:
        for path, each in found:
            _tell(path, each)
        click.echo(f"{len(found) - len(failed)} of {len(found)} tests passed")
    if failed:
        ctx.exit(1)


def _tell(path: Path, verified: Verified) -> None:
    from anfl_assets.alert.policy_test import has_failed

    if not has_failed(verified.lines):
        click.echo(f"✔ {path.name}: {verified.name} ({len(verified.lines)} messages)")
        return
    click.echo(f"✖ {path.name}: {verified.name}")
    for line in verified.lines:
        click.echo(_text(line))


def _text(line: Line) -> str:
    from anfl_assets.alert.policy_test import offset

    remark = {"-": "  expected, not sent", "+": "  sent, not expected"}.get(line.mark, "")
    mark = " " if line.mark == "=" else line.mark
    return (
        f"  {mark} {offset(line.at):>8}  {line.reason:<12} {line.target:<28} {line.metrics}{remark}"
    )


def _document(path: Path, verified: Verified) -> dict[str, Any]:
    from anfl_assets.alert.policy_test import has_failed, offset

    return {
        "file": str(path),
        "name": verified.name,
        "is_passed": not has_failed(verified.lines),
        "timeline": [
            {**line._asdict(), "at": offset(line.at), "metrics": line.metrics.split(", ")}
            for line in verified.lines
        ],
    }
