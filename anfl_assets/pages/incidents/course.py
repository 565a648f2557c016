"""The chart of an incident: its worst member before, during and after, with the stretch shaded.

Windows are of the length that was judged. What no build has yet is known from the log and from
whoever looks at a live page just now.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from anfl_assets.chart.history import history
from anfl_assets.chart.types import Limits, Look, Mark, Spec
from anfl_assets.errors import WorkspaceError
from anfl_assets.flow.alerting.pictures.fan import foretold_fan
from anfl_assets.pages.incidents.words import worst_first
from anfl_assets.pages.metric.lines import lines
from anfl_assets.pages.metric.spans import Span, spanned, step
from anfl_assets.pages.site import Site
from anfl_assets.report.course import Stretch, courses
from anfl_assets.report.published import open_published
from anfl_assets.store.alerts.records import Condition, Incident, Member

# How many windows are shown of before it began, and for how long after it ended.
_BEFORE = 40
_AFTER = 10
_Values = Mapping[datetime, float | None]


def course(site: Site, incident_id: int, *, look: Look, now: datetime) -> Spec:
    """Return the chart; without any window only its axes.

    Raises:
        UnknownIncident: there is none of that number.
        WorkspaceError: the state of alerting cannot be read.
    """
    store = site.alerts()
    incident = store.incident(incident_id)
    members = worst_first(store.members(incident_id))
    conditions = {each.key: each for each in store.conditions()}
    if not members:
        return history([], limits=None, unit="", look=look)
    worst = members[0]
    if incident.kind == "forecast":
        fan = foretold_fan(site.workspace, worst.key, look, now=now)
        return fan or history([], limits=None, unit="", look=look)
    known = _known(site, worst, conditions.get(worst.key))
    span = around(incident, worst, last=max(known, default=now), now=now)
    values = {**_published(site, worst, span), **_within(known, span)}
    reading = worst.reading
    found = {worst.key.subject: sorted(values.items())} if values else {}
    return history(
        lines(found, [worst.key.subject], worst.key.grain),
        limits=Limits(reading.target, reading.threshold, reading.unit),
        marks=[
            Mark(
                "incident",
                wrong_since(incident, worst),
                incident.resolved_at,
                f"incident {incident_id}",
            )
        ],
        unit=reading.unit,
        look=look,
    )


def wrong_since(incident: Incident, member: Member) -> datetime:
    """Return when what opened it began to be wrong: before anybody was told."""
    return min(incident.opened_at, member.reading.since or member.joined_at)


def around(incident: Incident, member: Member, *, last: datetime, now: datetime) -> Span:
    """Return the stretch to show; `last` is the end of the last window that was judged."""
    window = step(member.key.grain)
    since = wrong_since(incident, member) - _BEFORE * window
    until = last
    if incident.resolved_at is not None:
        until = min(incident.resolved_at + max(_AFTER * window, timedelta(minutes=30)), now)
    return spanned(min(since, until - window), until, member.key.grain)


def _published(site: Site, member: Member, span: Span) -> dict[datetime, float | None]:
    """Return what was published; nothing where nothing is, or where it is gone or damaged."""
    from deltalake.exceptions import DeltaError
    from duckdb import Error

    key = member.key
    asked = Stretch(key.metric_id, key.grain, span.since, span.until, (key.subject,))
    try:
        with open_published(site.workspace) as published:
            return dict(courses(published, asked).get(key.subject, []))
    except (WorkspaceError, DeltaError, Error):
        return {}


def _within(values: _Values, span: Span) -> dict[datetime, float | None]:
    return {at: value for at, value in values.items() if span.since < at <= span.until}


def _known(site: Site, member: Member, condition: Condition | None) -> dict[datetime, float | None]:
    """Return what was judged since the last build, by the end of its window."""
    found: dict[datetime, float | None] = {}
    for reading in (member.reading, condition.reading if condition else None):
        if reading is not None and reading.window_end_at is not None:
            found[reading.window_end_at] = reading.value
    tick = site.hub.newest if site.hub.is_fresh else None
    if tick is not None and tick.board is not None:
        key = member.key
        live = tick.board.windows.filter(
            metric_id=key.metric_id, subject=key.subject, grain=key.grain
        )
        found |= dict(live.select("window_end_at", "value").iter_rows())
    return found
