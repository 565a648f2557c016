"""A forecast as the rows of a fan's datasets, and in words for who does not see it."""

from __future__ import annotations

from anfl_assets.chart.rows import milliseconds
from anfl_assets.chart.types import Ahead, Fan, Limits, Row
from anfl_assets.wording.inert import one_line
from anfl_assets.wording.numbers import quantity

# Of the time shown: a label further right than this part would leave the chart.
_LATE = 0.7
_LONGEST_LABEL = 40
_DAY = "%Y-%m-%d"


def described(fan: Fan, limits: Limits | None, unit: str) -> str:
    """Say what a fan shows, for those who cannot see it."""
    unit_text = one_line(unit, 20)
    known = [point for point in fan.past if point.value is not None]
    told = []
    if known:
        last = known[-1]
        told.append(f"Last observed {quantity(last.value, unit_text)} on {last.at:{_DAY}}.")
    if fan.ahead:
        end = fan.ahead[-1]
        told.append(
            f"Expected {quantity(end.mean, unit_text)} on {end.at:{_DAY}}, "
            f"with 80 % between {quantity(end.lower_80, unit_text)} "
            f"and {quantity(end.upper_80, unit_text)}."
        )
    if limits is not None:
        told.append(
            f"Target {quantity(limits.target, limits.unit)}, "
            f"threshold {quantity(limits.threshold, limits.unit)}."
        )
    told += [f"{one_line(each.text, _LONGEST_LABEL)}: {each.at:{_DAY}}." for each in fan.meetings]
    return " ".join(told) or "Nothing was observed and nothing is forecast."


def ahead_rows(fan: Fan) -> list[Row]:
    """Return the dataset `ahead`: the origin, where the fan is as narrow as a point, and the days.

    Without a known value there is no origin to begin from.
    """
    known = [point for point in fan.past if point.value is not None]
    ahead = list(fan.ahead)
    if known and ahead and (value := known[-1].value) is not None:
        ahead.insert(0, Ahead(known[-1].at, value, value, value, value, value))
    return [
        {"at": milliseconds(day.at), "value": day.mean, "lower_80": day.lower_80,
         "upper_80": day.upper_80, "lower_95": day.lower_95, "upper_95": day.upper_95,
         "is_origin": place == 0 and len(ahead) > len(fan.ahead)}
        for place, day in enumerate(ahead)
    ]  # fmt: skip


def meeting_rows(fan: Fan) -> list[Row]:
    """Return the dataset `meetings`; `is_late` where the label belongs on the left."""
    moments = [*(point.at for point in fan.past), *(day.at for day in fan.ahead)]
    if not moments:
        return []
    late = min(moments) + (max(moments) - min(moments)) * _LATE
    return [
        {"at": milliseconds(each.at), "value": each.level, "is_late": each.at > late,
         "text": one_line(each.text, _LONGEST_LABEL)}
        for each in fan.meetings
    ]  # fmt: skip
