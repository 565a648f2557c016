"""What a replay found, as tables and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from anfl_assets.cli.render import count, duration, label, table

if TYPE_CHECKING:
    from rich.console import Console

    from anfl_assets.alert.tally import About, Tally
    from anfl_assets.flow.alerting.replaying.rehearse import Rehearsed

Span = tuple[datetime, datetime]
_BARS = " ▁▂▃▄▅▆▇█"
_SHOWN = 12
_REASONS = ("first", "repeat", "escalation", "update", "reminder", "flapping", "recovery", "digest")
LIMITS = (
    "what was judged again or came late is judged as it is known now, not as it was then",
    "windows are judged as they end, every 5 minutes; live it is every 5 s, so holds end sooner",
    "nobody acknowledges or silences anything but by --acks; every message goes through at once",
    "forecasts and our own signals (silent sources, failed runs and checks) are not in it",
)
SIMULATED = "the data are simulated"


def summary(out: Console, found: Rehearsed, span: Span) -> None:
    """Show one replay."""
    tally = found.tally
    out.print(_headline(found, span))
    if not tally.messages:
        out.print("nobody would have been told of anything")
    else:
        out.print(_channels(tally))
        out.print(_hours(tally))
        out.print(_weeks(tally))
        out.print(_incidents(found))
    _limits(out, found)


def comparison(out: Console, before: Rehearsed, after: Rehearsed, span: Span) -> None:
    """Show what another policy adds to, and takes from, what the policy in force tells."""
    from anfl_assets.alert.tally import difference

    added, removed = difference(before.tally, after.tally)
    out.print(_headline(after, span))
    one, other = before.tally, after.tally
    out.print(
        f"messages {count(len(one.messages))} → {count(len(other.messages))} "
        f"({len(other.messages) - len(one.messages):+,}): {count(len(added))} added, "
        f"{count(len(removed))} removed; incidents {one.incident_count} → {other.incident_count}"
    )
    numeric = ("in force", "asked for", "added", "removed")
    shown = table(
        "channel", *numeric, "added by hour (UTC)", "removed by hour (UTC)", numeric=numeric
    )
    for channel in sorted({*one.by_channel, *other.by_channel}):
        more = [each for each in added if each.channel == channel]
        less = [each for each in removed if each.channel == channel]
        shown.add_row(
            label(channel),
            *(count(n) for n in (one.by_channel[channel], other.by_channel[channel])),
            count(len(more)),
            count(len(less)),
            _by_hour(more),
            _by_hour(less),
        )
    out.print(shown)
    _list(out, "+", added)
    _list(out, "-", removed)
    _limits(out, after)


def document(before: Rehearsed, after: Rehearsed | None, span: Span) -> dict[str, Any]:
    """Return it as JSON: the policy in force and, where one was asked for, the difference."""
    from anfl_assets.alert.tally import difference

    found = {
        "start_at": span[0],
        "end_at": span[1],
        "in_force": _counts(before),
        "cannot_know": [*LIMITS],
    }
    if after is None:
        return found | {"messages": [_message(each) for each in before.tally.messages]}
    added, removed = difference(before.tally, after.tally)
    return found | {
        "asked_for": _counts(after),
        "added": [_message(each) for each in added],
        "removed": [_message(each) for each in removed],
    }


def _headline(found: Rehearsed, span: Span) -> str:
    days = (span[1] - span[0]).days
    return (
        f"{span[0]:%Y-%m-%d %H:%M} to {span[1]:%Y-%m-%d %H:%M} UTC ({days} days): "
        f"{count(found.window_count)} windows in {count(found.run_count)} runs, "
        f"{count(found.replayed.steps)} steps, {duration(found.seconds)}"
    )


def _channels(tally: Tally) -> object:
    reasons = [name for name in _REASONS if any(why == name for _, why in tally.by_reason)]
    numeric = ("messages", "a week", *reasons)
    shown = table("channel", *numeric, numeric=numeric)
    for channel, messages in sorted(tally.by_channel.items()):
        shown.add_row(
            label(channel),
            count(messages),
            f"{messages / tally.weeks:.1f}",
            *(count(tally.by_reason[channel, name]) for name in reasons),
        )
    return shown


def _hours(tally: Tally) -> object:
    shown = table("channel", "hours 0–23 (UTC)", "most", numeric=("most",))
    for channel in sorted(tally.by_channel):
        hours = [tally.by_hour[channel, hour] for hour in range(24)]
        busiest = max(range(24), key=lambda hour: hours[hour])
        shown.add_row(label(channel), _bars(hours), f"{hours[busiest]} at {busiest:02d} h")
    return shown


def _weeks(tally: Tally) -> object:
    from anfl_assets.alert.tally import weeks_of

    channels = sorted(tally.by_channel)
    shown = table("week of", *channels, numeric=tuple(channels), whole=("week of",))
    for week in weeks_of(tally.messages):
        shown.add_row(str(week), *(count(tally.by_week[channel, week]) for channel in channels))
    return shown


def _incidents(found: Rehearsed) -> object:
    tally = found.tally
    headings = ("incident", "opened (UTC)", "severity", "what", "lasted", "messages")
    worst = dict(tally.by_incident.most_common(_SHOWN))
    shown = table(
        *headings,
        numeric=("incident", "messages"),
        whole=("opened (UTC)",),
        title=f"{tally.incident_count} incidents, {len(tally.messages)} messages; the loudest:",
    )
    for each in found.replayed.incidents:
        if each.incident_id in worst:
            ended = each.resolved_at
            shown.add_row(
                str(each.incident_id),
                f"{each.opened_at:%Y-%m-%d %H:%M}",
                each.policy.severity,
                label(f"{each.group_key.rpartition('/')[2].removeprefix('metric=')} {each.kind}"),
                duration(ended - each.opened_at) if ended else "still open",
                count(worst[each.incident_id]),
            )
    return shown


def _list(out: Console, sign: str, messages: Sequence[About]) -> None:
    for each in messages[:_SHOWN]:
        out.print(
            f"{sign} {each.at:%Y-%m-%d %H:%M}  {each.reason:<10} {each.channel} to "
            f"{label(each.recipient)}: {', '.join(each.metrics)} ({each.severity})"
        )
    if len(messages) > _SHOWN:
        out.print(f"{sign} … {len(messages) - _SHOWN} more; --json has them all")


def _limits(out: Console, found: Rehearsed) -> None:
    out.print("What a replay cannot know:")
    for each in (*LIMITS, *((SIMULATED,) if found.is_simulated else ())):
        out.print(f"  · {each}")


def _by_hour(messages: Sequence[About]) -> str:
    hours = [0] * 24
    for each in messages:
        hours[each.at.hour] += 1
    return _bars(hours) if messages else ""


def _bars(hours: Sequence[int]) -> str:
    most = max(hours) or 1
    return "".join(_BARS[-(-each * (len(_BARS) - 1) // most)] for each in hours)


def _counts(found: Rehearsed) -> dict[str, Any]:
    tally = found.tally
    return {
        "windows": found.window_count,
        "runs": found.run_count,
        "steps": found.replayed.steps,
        "seconds": round(found.seconds, 3),
        "is_simulated": found.is_simulated,
        "incidents": tally.incident_count,
        "messages": len(tally.messages),
        "messages_a_week": round(tally.a_week, 2),
        "by_channel": dict(sorted(tally.by_channel.items())),
        "by_channel_and_hour": {
            channel: [tally.by_hour[channel, hour] for hour in range(24)]
            for channel in sorted(tally.by_channel)
        },
        "by_channel_and_week": {
            channel: {
                str(week): number
                for (name, week), number in sorted(tally.by_week.items())
                if name == channel
            }
            for channel in sorted(tally.by_channel)
        },
        "by_incident": {str(number): times for number, times in tally.by_incident.items()},
    }


def _message(about: About) -> dict[str, Any]:
    return {**about._asdict(), "metrics": list(about.metrics)}
