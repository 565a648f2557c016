"""One condition through time: held back, firing, kept firing, over.

What fires: a status that lasts (`hold`). What ends it: only a judgement that is good enough
(`recovers_at`) for long enough (`keep_firing_for`); silence and too little evidence never do. What
ends again and again is kept as one (flapping). `for` and `keep_firing_for` mean what they mean in
Prometheus' alerting rules.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from anfl_assets.alert.policy import Flapping, Watched
from anfl_assets.store.alerts.records import Condition, ConditionKey, Kind, Reading, Verdict

_KINDS: dict[str, Kind] = {
    "breached": "breached",
    "off_target": "off_target",
    "no_data": "no_data",
    "forecast": "forecast",
}
# One step of a rolling or fixed window: how many of them have ended since a status began.
_STEPS = {
    "5 minutes": timedelta(minutes=5),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
    "30 days": timedelta(days=1),
}


class Turn(NamedTuple):
    """A condition after a judgement; None where nothing is to be remembered."""

    condition: Condition | None
    verdict: Verdict
    detail: str


def kind_of(reading: Reading) -> Kind | None:
    """Return what is wrong by this judgement; a subject that never had data is not missing."""
    if reading.status == "no_data" and reading.window_end_at is None:
        return None
    return _KINDS.get(reading.status)


def is_met(kind: Kind, reading: Reading) -> bool:
    """Whether the judgement meets a condition of this kind; a breach is off the target as well."""
    found = kind_of(reading)
    return found == kind or (kind == "off_target" and found == "breached")


def says_nothing(kind: Kind, reading: Reading) -> bool:
    """Whether the judgement cannot tell: silence, or too little evidence, about a value."""
    return kind != "no_data" and reading.status in ("no_data", "insufficient")


def met(
    before: Condition | None, key: ConditionKey, reading: Reading, watched: Watched
) -> Condition:
    """Return the condition after a judgement that meets it: pending, or firing once held."""
    at = reading.judged_at
    if before is None or before.phase == "rest":
        now_met = Condition(
            key,
            phase="pending",
            reading=reading,
            pending_since=_first_met(reading),
            judged_at=at,
            seen_at=at,
            clears=before.clears if before else (),
        )
    elif before.phase == "firing":
        return replace(before, reading=reading, judged_at=at, good_since=None)
    else:
        count = before.evaluations + (at > before.judged_at)
        now_met = replace(before, reading=reading, judged_at=at, evaluations=count)
    if not _is_held(now_met, watched):
        return now_met
    return replace(now_met, phase="firing", fired_at=at)


def unmet(before: Condition, reading: Reading, watched: Watched, flapping: Flapping) -> Turn:
    """Return the condition after a judgement that does not meet it any more."""
    if before.phase == "pending":
        rest = _rest(before, reading, before.clears) if before.clears else None
        return Turn(rest, "cleared", f"over before it was held ({progress(before, watched)})")
    at = reading.judged_at
    if before.key.kind == "forecast":
        # Judged once an update: what keeps it from coming and going is the gap between its odds.
        return Turn(_rest(before, reading, ()), "cleared", "")
    if not _is_recovered(before.key.kind, reading, watched):
        kept = replace(before, reading=reading, judged_at=at, good_since=None)
        return Turn(kept, "kept_recovering", f"not yet back at {watched.recovers_at:g}")
    good_since = before.good_since or at
    kept_on = partial(replace, before, reading=reading, judged_at=at, good_since=good_since)
    if at - good_since < watched.keep_firing_for:
        until = good_since + watched.keep_firing_for
        detail = f"good since {good_since:%H:%M:%S}, kept to {until:%H:%M}"
        return Turn(kept_on(), "kept_firing", detail)
    clears = tuple(each for each in before.clears if at - each <= flapping.within)
    if before.is_flapping or len(clears) + 1 >= flapping.clears:
        if at - good_since < flapping.calm:
            detail = f"ended {len(clears) + 1} times; kept until it is calm for {flapping.calm}"
            return Turn(kept_on(is_flapping=True, clears=clears), "kept_flapping", detail)
        clears = ()
    return Turn(_rest(before, reading, (*clears, at)), "cleared", "")


def _rest(before: Condition, reading: Reading, clears: tuple[datetime, ...]) -> Condition:
    """Return what is remembered of a condition that is over: only when it has ended."""
    return replace(
        before,
        phase="rest",
        reading=reading,
        judged_at=reading.judged_at,
        fired_at=None,
        good_since=None,
        is_flapping=False,
        is_closed_by_hand=False,
        clears=clears,
        evaluations=0,
        incident_id=None,
        joined_at=None,
        verdict=None,
        detail="",
    )


def progress(condition: Condition, watched: Watched) -> str:
    """Say how far a hold has come: `1 of 2 evaluations`."""
    duration = watched.hold.duration
    if duration is not None:
        return f"{condition.judged_at - condition.pending_since} of {duration}"
    return f"{_evaluations(condition)} of {watched.hold}"


def hold_span(watched: Watched) -> timedelta | None:
    """Return how long a condition must last, where the hold is a span of time."""
    duration = watched.hold.duration
    return None if duration is None else duration.timedelta


def _first_met(reading: Reading) -> datetime:
    """Return when the first window that met it ended: before now where data came late."""
    step = _STEPS.get(reading.grain)
    if step is None or reading.since is None:
        return reading.judged_at
    return min(reading.judged_at, reading.since + step)


def _is_held(condition: Condition, watched: Watched) -> bool:
    if condition.key.kind in ("no_data", "forecast"):
        return True  # how long silence is tolerated has been waited for; a forecast is judged once
    lasts = hold_span(watched)
    if lasts is not None:
        return condition.judged_at - condition.pending_since >= lasts
    needed = watched.hold.evaluations or 1
    if condition.key.grain == "event":
        needed = 1  # an event is judged once
    return _evaluations(condition) >= needed


def _evaluations(condition: Condition) -> int:
    """Count judgements in a row, or the windows that ended since: data may come late, in one go."""
    reading = condition.reading
    step = _STEPS.get(reading.grain)
    if step is None or reading.since is None or reading.window_end_at is None:
        return condition.evaluations
    return max(condition.evaluations, (reading.window_end_at - reading.since) // step)


def _is_recovered(kind: Kind, reading: Reading, watched: Watched) -> bool:
    """Whether a value is good enough; a subject with targets far from the metric's has no level."""
    level = watched.recovers_at
    if kind != "breached" or level is None or reading.value is None:
        return True
    low, high = sorted((reading.target, reading.threshold))
    if not low <= level <= high:
        return True
    is_ceiling = reading.target_operator in ("<", "<=")
    return reading.value <= level if is_ceiling else reading.value >= level
