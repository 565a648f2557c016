"""`anfl alerts silence` and `unsilence`: telling nobody for a while, with a name and a reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from anfl_assets.cli.alerts.state import IDENTIFIER, answering_policy, by_option, opened, said
from anfl_assets.cli.alerts.why_not import resolved
from anfl_assets.cli.options import current_moment, data_dir_option
from anfl_assets.cli.render import count, label, printable
from anfl_assets.cli.span import Span
from anfl_assets.config.section import nearest

if TYPE_CHECKING:
    from anfl_assets.alert.policy import Policy
    from anfl_assets.store.alerts.records import Condition, Match

_LONGEST = timedelta(days=30)
_SHOWN = 10
_WILD = frozenset("*?[")


@click.command(name="silence")
@click.argument("metric", required=False)
@click.option("--subject", metavar="GLOB", help="Which subjects: a name, or a pattern with * or ?.")
@click.option("--severity", help="Only of this severity.")
@click.option("--for", "span", type=Span(_LONGEST), required=True, help="At most 30 days: 2h, 3d.")
@click.option("--reason", required=True, callback=said, help="Why; whoever comes next will ask.")
@by_option
@data_dir_option
def silence(
    metric: str | None,
    subject: str | None,
    severity: str | None,
    *,
    span: timedelta,
    reason: str,
    by: str,
    data_dir: Path,
) -> None:
    """Tell nobody of what matches, for a while. It is judged and logged as ever."""
    from anfl_assets.alert.by_hand import silence as silenced
    from anfl_assets.store.alerts.records import Match, Silence

    if (metric, subject, severity) == (None, None, None):
        raise click.UsageError("say what: METRIC ('*' for all), --subject GLOB or --severity NAME")
    policy, now = answering_policy(data_dir), current_moment(None)
    match = Match(
        metric=None if metric is None else _pattern(metric, policy),
        subject=subject,
        severity=None if severity is None else _severity(severity, policy),
    )
    with opened(data_dir) as store, store.transaction() as transaction:
        state = transaction.state(now)
        number = transaction.next_silence_id()
        made = Silence(number, match, by, reason, now, now + span, now)
        transaction.keep(silenced(state, made, policy, now=now), now=now)
    click.echo(
        f"silence {number}: {printable(str(match))}, until {made.ends_at:%Y-%m-%d %H:%M} UTC; "
        f"`anfl alerts unsilence {number}` ends it"
    )
    _preview(muted_by(match, state.conditions.values(), policy))


@click.command(name="unsilence")
@click.argument("silence_id", metavar="ID", type=IDENTIFIER)
@by_option
@data_dir_option
def unsilence(silence_id: int, by: str, data_dir: Path) -> None:
    """End a silence now: what it hid and still fires is told of at once."""
    from anfl_assets.alert.by_hand import unsilence as unsilenced

    policy, now = answering_policy(data_dir), current_moment(None)
    with opened(data_dir) as store:
        known = {each.silence_id: each for each in store.all_silences(10_000)}
        found = known.get(silence_id)
        if found is not None and found.ends_at <= now:
            click.echo(f"silence {silence_id} has ended, at {found.ends_at:%Y-%m-%d %H:%M} UTC")
            return
        with store.transaction() as transaction:
            state = transaction.state(now)
            outcome = unsilenced(state, silence_id, policy, by=by, now=now)
            transaction.keep(outcome, now=now)
    click.echo(f"silence {silence_id}: ended by {printable(by)}")


def muted_by(match: Match, conditions: Iterable[Condition], policy: Policy) -> list[Condition]:
    """Return what is wrong now and matches."""
    from anfl_assets.alert.matching import facts_of, matches
    from anfl_assets.alert.route import with_severity

    return [
        each
        for each in conditions
        if each.phase != "rest"
        and each.key.metric_id in policy.watched
        and matches(match, with_severity(facts_of(each.key, each.reading, policy), policy))
    ]


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


def _pattern(name: str, policy: Policy) -> str:
    """Return the metric meant; a pattern must mean at least one."""
    from fnmatch import filter as matching

    if _WILD & set(name):
        if not matching(list(policy.watched), name):
            raise click.UsageError(f"no metric matches {name!r}")
        return name
    found = resolved(name, policy)
    if len(found) > 1:
        raise click.UsageError(f"{name!r} means {' and '.join(found)}: name one of them")
    return found[0]


def _severity(name: str, policy: Policy) -> str:
    known = list(policy.severities)
    if name not in known:
        raise click.UsageError(
            f"no severity {name!r}; one of {', '.join(known)}{nearest(name, known)}"
        )
    return name
