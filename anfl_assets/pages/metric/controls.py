"""The controls of a metric's page: links, so that they work without a script."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from anfl_assets.pages.metric.spans import RANGE_NAMES, RANGES, step
from anfl_assets.pages.metric.view import View


@dataclass(frozen=True)
class Choice:
    """One link of a control, and whether it is what is shown."""

    name: str
    address: str
    is_current: bool


def ranges(view: View) -> list[Choice]:
    """Return the stretches of time to choose from; a grain goes with the one it was chosen for.

    One that no window of the metric fits into is not offered.
    """
    asked = view.asked
    shortest = min(map(step, view.ends), default=timedelta())
    own: dict[str, object] = {"from": None, "to": None, "grain": None}
    return [
        Choice(
            RANGE_NAMES[name],
            asked.address("", **own, range=name),
            not asked.is_own_stretch and name == asked.range_name,
        )
        for name, length in RANGES.items()
        if length is None or length >= shortest or name == asked.range_name
    ]


def grains(view: View) -> list[Choice]:
    """Return the lengths of windows to choose from, finest first."""
    return [
        Choice(name, view.asked.address(grain=name), name == view.span.grain) for name in view.ends
    ]


def rows_address(view: View, subject: str, start: datetime, end: datetime) -> str:
    """Return the address of the records behind a window of a subject."""
    asked = view.asked
    return asked.address(
        "/rows",
        **{
            "subject": subject,
            "from": start.isoformat().replace("+00:00", "Z"),
            "to": end.isoformat().replace("+00:00", "Z"),
            "range": None,
            "grain": None,
            "as_of": None,
        },
    )
