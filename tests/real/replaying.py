"""Replaying the default policy on a public data set, and holding it to the set's own labels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from anfl_assets.alert.policy import Flapping
from anfl_assets.alert.read_policy import read_policy
from anfl_assets.catalog import load_catalog
from anfl_assets.flow.alerting.replaying.rehearse import Rehearsed, rehearse
from anfl_assets.flow.alerting.replaying.what_if import what_if
from anfl_assets.report.published import open_published
from anfl_assets.store.workspace import Workspace

_NEVER = Flapping(clears=10**9, within=timedelta(), calm=timedelta())


@dataclass(frozen=True)
class Fired:
    """One metric's breaches by subject, each from when it fired until it was over, and it all."""

    spans: dict[str, list[tuple[datetime, datetime]]]
    found: Rehearsed

    def caught(self, subject: str, begin: datetime, end: datetime) -> timedelta | None:
        """Return how long after its beginning something fired in a labelled window; None: never.

        What has been firing since before is no catch of this one.
        """
        late = [fired - begin for fired, _ in self.spans.get(subject, []) if begin <= fired < end]
        return min(late, default=None)


def fired(
    workspace: Workspace, metric_id: str, *settings: str, start: datetime, end: datetime
) -> Fired:
    """Replay the default policy, flapping aside, with some settings; nobody acknowledges."""
    catalog = load_catalog()
    # Labels are a few minutes apart in some sets: what comes again would be kept as flapping.
    policy = replace(read_policy(catalog, None, feeds={}), flapping=_NEVER)
    tried = what_if(catalog, policy, settings)
    with open_published(workspace) as published:
        found = rehearse(published, tried, start=start, end=end)
    spans: dict[str, list[tuple[datetime, datetime]]] = {}
    for each in found.replayed.decisions:
        key = each.condition
        if key is None or (key.metric_id, key.kind) != (metric_id, "breached"):
            continue
        of_subject = spans.setdefault(key.subject, [])
        is_open = bool(of_subject) and of_subject[-1][1] == end
        if each.verdict == "firing" and not is_open:
            of_subject.append((each.at, end))
        elif each.verdict in ("cleared", "retired") and is_open:
            of_subject[-1] = (of_subject[-1][0], each.at)
    return Fired({name: each for name, each in spans.items() if each}, found)
