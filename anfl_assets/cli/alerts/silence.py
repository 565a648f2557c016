"""`anfl alerts silence` and `unsilence`: telling nobody for a while, with a name and a reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from anfl_assets.catalog.alerting import KINDS
from anfl_assets.cli.alerts.state import IDENTIFIER, answering_policy, by_option, opened, said
from anfl_assets.cli.options import current_moment, data_dir_option
from anfl_assets.cli.render import count, label, printable
from anfl_assets.cli.span import Span

if TYPE_CHECKING:
    from anfl_assets.store.alerts.records import Condition

_LONGEST = timedelta(days=30)
_SHOWN = 10


@click.command(name="silence")
@click.argument("metric", required=False)
@click.option("--subject", metavar="GLOB", help="Which subjects: a name, or a pattern with * or ?.")
@click.option("--severity", help="Only of this severity.")
@click.option("--kind", type=click.Choice(KINDS), help="Only what is wrong in this way.")
@click.option("--for", "span", type=Span(_LONGEST), required=True, help="At most 30 days: 2h, 3d.")
@click.option("--reason", required=True, callback=said, help="Why; whoever comes next will ask.")
@by_option
@data_dir_option
def silence(
    *, span: timedelta, reason: str, by: str, data_dir: Path, **pattern: str | None
) -> None:
    """Tell nobody of what matches, for a while. It is judged and logged as ever."""
    from anfl_assets.flow.alerting.answering.silences import make_silence, match_of

    if not any(each is not None for each in pattern.values()):
        raise click.UsageError(
            "say what: METRIC ('*' for all), --subject GLOB, --severity NAME or --kind KIND"
        )
    policy, now = answering_policy(data_dir), current_moment(None)
    match = match_of(policy, **pattern)
    with opened(data_dir) as store:
        made, hidden = make_silence(store, match, policy, by=by, reason=reason, span=span, now=now)
    number = made.silence_id
    click.echo(
        f"silence {number}: {printable(str(match))}, until {made.ends_at:%Y-%m-%d %H:%M} UTC; "
        f"`anfl alerts unsilence {number}` ends it"
    )
    _preview(hidden)


@click.command(name="unsilence")
@click.argument("silence_id", metavar="ID", type=IDENTIFIER)
@by_option
@data_dir_option
def unsilence(silence_id: int, by: str, data_dir: Path) -> None:
    """End a silence now: what it hid and still fires is told of at once."""
    from anfl_assets.flow.alerting.answering.silences import end_silence

    policy, now = answering_policy(data_dir), current_moment(None)
    with opened(data_dir) as store:
        ended_at = end_silence(store, silence_id, policy, by=by, now=now)
    if ended_at is not None:
        click.echo(f"silence {silence_id} has ended, at {ended_at:%Y-%m-%d %H:%M} UTC")
        return
    click.echo(f"silence {silence_id}: ended by {printable(by)}")


def _preview(muted: Sequence[Condition]) -> None:
    if not muted:
        click.echo("nothing that is wrong now matches")
        return
    firing = sum(each.phase == "firing" for each in muted)
    click.echo(f"it hides {count(len(muted))} that are wrong now, {count(firing)} of them firing:")
    for each in muted[:_SHOWN]:
        click.echo(f"  {each.key.metric_id} {label(each.key.subject)} ({each.key.grain})")
    if len(muted) > _SHOWN:
        click.echo(f"  and {count(len(muted) - _SHOWN)} more")
