"""Quiet hours: when a message may go out that is decided now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from anfl_assets.alert.matching import Facts, matches
from anfl_assets.alert.policy import Policy, QuietHours

_DAY = timedelta(days=1)
# Quiet hours that follow one another are left one after the other; nobody has more of them.
_MOST = 16


def ready_at(policy: Policy, facts: Facts, now: datetime) -> datetime:
    """Return the first moment from `now` on that is outside all quiet hours that match."""
    moment = now
    for _ in range(_MOST):
        ends = [
            end
            for hours in policy.quiet_hours
            if matches(hours.match, facts) and (end := _end(hours, moment)) is not None
        ]
        if not ends:
            return moment
        moment = max(ends)
    return moment


def _end(hours: QuietHours, moment: datetime) -> datetime | None:
    """Return when the quiet hours end that a moment is in; None where it is in none.

    Begin and end are times of the wall clock, so a night of a clock change is an hour shorter or
    longer.
    """
    local = moment.astimezone(hours.zone)
    for day in (local.date() - _DAY, local.date()):
        if day.weekday() not in hours.days:
            continue
        begin = datetime.combine(day, hours.begin, tzinfo=hours.zone)
        last = day if hours.until > hours.begin else day + _DAY
        end = datetime.combine(last, hours.until, tzinfo=hours.zone)
        # Compared in UTC: two times of one zone compare by the wall clock, which may stand still.
        if begin.astimezone(UTC) <= moment < end.astimezone(UTC):
            return end.astimezone(UTC)
    return None
