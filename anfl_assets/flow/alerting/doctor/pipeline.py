"""The doctor on data: the folder and its disk, the feeds, the collector, the last build."""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import select

from anfl_assets.collect.feeds import load_feeds
from anfl_assets.flow.alerting.doctor.finding import Finding, Health, moment, several
from anfl_assets.flow.binding import bound_feeds
from anfl_assets.flow.incoming import Incoming, standing
from anfl_assets.store.builds import BUILDS, last_published
from anfl_assets.store.ledger import Ledger, open_ledger
from anfl_assets.store.workspace import Workspace
from anfl_assets.wording.numbers import span

_GIB = 1 << 30
_LITTLE, _TOO_LITTLE = 2 * _GIB, _GIB // 5
# Daily and weekly builds are the rule: what is older than a day and some was left out.
_BUILD_EVERY = timedelta(hours=30)
_FEED_HEALTH: dict[str, Health] = {
    "down": "broken",
    "faulty": "broken",
    "slow": "look",
    "overdue": "look",
    "never": "look",
}


def folder(workspace: Workspace) -> Iterator[Finding]:
    """Say where the data is and whether there is room for more."""
    free = shutil.disk_usage(workspace.root).free
    text = f"{workspace.root}, {free / _GIB:,.1f} GiB free"
    if not os.access(workspace.root, os.W_OK | os.X_OK):
        yield Finding("data folder", "broken", f"{text}; this user may not write there", "chown it")
    elif free < _TOO_LITTLE:
        yield Finding("data folder", "broken", text, "free some: nothing can be kept")
    elif free < _LITTLE:
        yield Finding("data folder", "look", text, "free some before it is full")
    else:
        yield Finding("data folder", "ok", text)


def feeds(workspace: Workspace, now: datetime) -> Iterator[Finding]:
    """Say whether data comes in, feed by feed where it does not; and the collector.

    Raises:
        FeedError: the feeds file is wrong.
        WorkspaceError: the ledger cannot be read.
    """
    path = bound_feeds(workspace)
    if path is None:
        todo = "`anfl run --feeds FILE`"
        yield Finding("feeds", "broken", "this folder knows no feeds file", todo)
        return
    known = load_feeds(path, os.environ)
    with open_ledger(workspace) as ledger:
        found = standing(workspace, ledger, known, now=now)
    wrong: dict[str, list[Incoming]] = defaultdict(list)
    for each in found.feeds:
        if each.state in _FEED_HEALTH:
            wrong[each.state].append(each)
    good = len(found.feeds) - sum(map(len, wrong.values()))
    yield Finding("feeds", "ok", f"{good} of {len(found.feeds)} without trouble")
    for state, those in sorted(wrong.items()):
        why = next((each.message for each in those if each.message), "")
        text = f"{state}: {several([each.feed for each in those])}" + (f" ({why})" if why else "")
        yield Finding("feeds", _FEED_HEALTH[state], text, "`anfl feeds status` says more")
    if any(each.is_live for each in found.feeds):
        yield _collector(is_collecting=found.is_collecting)


def _collector(*, is_collecting: bool) -> Finding:
    if is_collecting:
        return Finding("collector", "ok", "runs")
    text = "does not run, though feeds ask running systems"
    return Finding("collector", "broken", text, "`anfl up`, or `anfl collect --live`")


def build(workspace: Workspace, now: datetime) -> Iterator[Finding]:
    """Say how old the numbers are, and whether the last attempt to renew them failed.

    Raises:
        WorkspaceError: the ledger cannot be read.
    """
    with open_ledger(workspace) as ledger:
        published, last = last_published(ledger), _last(ledger)
    if published is None:
        yield Finding("last build", "broken", "nothing was ever published", "`anfl run`")
        return
    age = now - published.finished_at
    text = f"published {moment(published.finished_at)}, {span(age)} ago"
    is_old = age > _BUILD_EVERY
    todo = "`anfl up` runs the schedules, `anfl run` builds now" if is_old else ""
    yield Finding("last build", "look" if is_old else "ok", text, todo)
    if last is not None and last["status"] == "failed":
        why = str(last["message"]).partition("\n")[0]
        text = f"the newest attempt failed: {why}" if why else "the newest attempt failed"
        yield Finding("last build", "broken", text, "`anfl run` says more")


def _last(ledger: Ledger) -> dict[str, object] | None:
    query = select(BUILDS.c.status, BUILDS.c.message).order_by(BUILDS.c.build_seq.desc()).limit(1)
    return next(iter(ledger.rows(query)), None)
