"""What we tell of ourselves, as readings: sources that are late, runs and checks that failed.

To alerting they are metrics like the others (`own` in the catalog's alerts.yaml).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from anfl_assets.collect.feed import Feed, Feeds
from anfl_assets.flow.incoming import Incoming, silent_after, standing
from anfl_assets.store.alerts.records import Reading
from anfl_assets.store.ledger import Ledger
from anfl_assets.store.workspace import Workspace

SOURCE_FRESHNESS = "source_freshness"
RUN_SUCCESS = "run_success"
CHECK_SUCCESS = "check_success"
# States of a running system in which nothing new can come from it.
_UNHEARD = ("down", "faulty", "slow", "off")


@dataclass(frozen=True)
class Finished:
    """How a job's run, or a check, ended last: `error` says why it failed, None of a success."""

    name: str
    ended_at: datetime
    error: str | None = None


def source_readings(
    workspace: Workspace, ledger: Ledger, feeds: Feeds, *, now: datetime
) -> list[Reading]:
    """Return how fresh each feed is; the lag, in seconds, against what is tolerated.

    A running system that is not heard for longer is breached; a file, or a person's delivery, that
    is overdue is off target. What never brought anything has nothing to lose.
    """
    found = standing(workspace, ledger, feeds, now=now).feeds
    return [_freshness(each, feeds.by_name[each.feed], now) for each in found]


def live_source_readings(
    workspace: Workspace, ledger: Ledger, feeds: Feeds, *, now: datetime
) -> list[Reading]:
    """Return how fresh the running systems are.

    Judged together with the metrics they bring: a silent source explains their silence.
    """
    live = tuple(feed for feed in feeds.feeds if feed.connector is not None)
    if not live:
        return []
    return source_readings(workspace, ledger, Feeds(feeds.organisation, live, feeds.path), now=now)


def run_readings(runs: Iterable[Finished]) -> list[Reading]:
    """Return whether the last finished run of each job was a success."""
    return list(_outcomes(RUN_SUCCESS, "run", runs))


def check_readings(checks: Iterable[Finished]) -> list[Reading]:
    """Return whether each blocking check passed when it was last made."""
    return list(_outcomes(CHECK_SUCCESS, "check", checks))


def file_readings(faults: Mapping[str, str], *, now: datetime) -> list[Reading]:
    """Return whether each file that people write can be read; a fault's text, empty without one.

    What it said before holds meanwhile, so somebody must hear that an edit is not in force.
    """
    files = (Finished(name, now, fault or None) for name, fault in faults.items())
    return list(_outcomes(CHECK_SUCCESS, "check", files))


def _freshness(incoming: Incoming, feed: Feed, now: datetime) -> Reading:
    lag = None if incoming.lag_s is None else timedelta(seconds=incoming.lag_s)
    last_at = None if lag is None else now - lag
    tolerated = _tolerated(feed, last_at)
    if last_at is None or lag is None:
        status = "no_data"
    elif incoming.is_live:
        status = "breached" if incoming.state in _UNHEARD and lag > tolerated else "on_target"
    else:
        status = "off_target" if incoming.state == "overdue" else "on_target"
    return Reading(
        metric_id=SOURCE_FRESHNESS,
        subject=incoming.feed,
        grain="now",
        status=status,
        value=incoming.lag_s,
        unit="s",
        target=tolerated.total_seconds(),
        target_operator="<=",
        threshold=tolerated.total_seconds(),
        sample_count=0 if last_at is None else 1,
        since=None if last_at is None or status == "on_target" else last_at + tolerated,
        window_start_at=last_at,
        window_end_at=None if last_at is None else now,
        judged_at=now,
        feed=incoming.feed,
        detail="" if status in ("on_target", "no_data") else _cause(incoming),
    )


def _tolerated(feed: Feed, last_at: datetime | None) -> timedelta:
    if feed.connector is not None:
        return silent_after(feed)
    return timedelta() if last_at is None else feed.expect_every.after(last_at) - last_at


def _cause(incoming: Incoming) -> str:
    if incoming.state == "off":
        return "no collector asks it; start `anfl collect --live` or `anfl up`"
    if incoming.state == "overdue":
        return f"a file is expected every {incoming.every} ({incoming.address})"
    return incoming.message


def _outcomes(metric_id: str, grain: str, ended: Iterable[Finished]) -> Iterator[Reading]:
    for each in ended:
        is_good = each.error is None
        yield Reading(
            metric_id=metric_id,
            subject=each.name,
            grain=grain,
            status="on_target" if is_good else "breached",
            value=float(is_good),
            unit="count",
            target=1.0,
            target_operator=">=",
            threshold=1.0,
            sample_count=1,
            since=each.ended_at,
            window_start_at=None,
            window_end_at=each.ended_at,
            judged_at=each.ended_at,
            detail=each.error or "",
        )
