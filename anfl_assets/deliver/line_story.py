"""What one line of a message says: the metric and its subject, the value, where it alerts.

Nothing is escaped for a medium here, but every name is on one line and of bounded length.
"""

from __future__ import annotations

from anfl_assets.deliver.message import Line
from anfl_assets.wording.inert import one_line
from anfl_assets.wording.numbers import moment, quantity

# What is said of a forecast, as it stands and once no breach is foretold any more.
FORETELLING = ("forecast", "unlikely")
# Windows that a reader would not guess; the others are the metric's own.
_WINDOWS = {"30 days": " over 30 days", "day": " over the day"}


def what_and_where(line: Line) -> str:
    """Return the metric, its subject and a long window: `Uptime of chat over 30 days`."""
    label = one_line(line.label, 80) or one_line(line.metric_id, 80)
    where = "" if line.subject == "all" else f" of {one_line(line.subject, 80)}"
    return f"{label}{where}{_WINDOWS.get(line.grain, '')}"


def state(line: Line) -> str:
    """Return how bad it is: `148.4 ms, alert above 100 ms`; what a forecast says is to come."""
    if line.status == "unlikely" or (line.status == "forecast" and not line.is_over):
        return one_line(line.detail.partition("; ")[0], 200)
    if line.is_over:
        told = "" if line.unit == "count" else f", {quantity(line.value, line.unit)}"
        return f"is over{told}"
    if line.detail and line.unit == "count":
        return f"failed: {one_line(line.detail, 160)}"
    if line.status in {"no_data", "insufficient"} or line.value is None:
        return "has no data"
    if line.status == "off_target":
        return f"{quantity(line.value, line.unit)}, {target(line)}"
    return f"{quantity(line.value, line.unit)}, {threshold(line)}"


def threshold(line: Line) -> str:
    """Return where it alerts: `alert above 100 ms`."""
    side = "above" if _is_ceiling(line) else "below"
    return f"alert {side} {quantity(line.threshold, line.unit)}"


def target(line: Line) -> str:
    """Return what was aimed at: `target < 50 ms`."""
    operator = one_line(line.target_operator, 2)
    return f"target {operator} {quantity(line.target, line.unit)}".replace("  ", " ")


def sentence(line: Line) -> str:
    """Return all of one line: what, where, value, threshold, target, since when."""
    told = f"{what_and_where(line)} {state(line)}"
    if line.status in FORETELLING:
        basis = one_line(line.detail.partition("; ")[2], 400)
        return f"{told}; {basis}" if basis else told
    if line.is_over:
        return told
    if line.unit != "count":
        told += f" ({_other_levels(line)})"
    if line.since:
        told += f", since {moment(line.since)}"
    if line.window_end_at and line.value is not None and line.unit != "count":
        told += f", as of {moment(line.window_end_at)}"
    return f"{told}: {one_line(line.detail)}" if line.detail and line.unit != "count" else told


def row(line: Line) -> tuple[str, str, str, str, str]:
    """Return one line as cells: what and where, value, alert, target, since."""
    value = "over" if line.is_over else quantity(line.value, line.unit)
    told = "no data" if line.status == "no_data" and not line.is_over else value
    since = moment(line.since) if line.since else ""
    return (
        sentence(line) if line.status in FORETELLING else what_and_where(line),
        told,
        threshold(line).removeprefix("alert "),
        target(line).removeprefix("target "),
        since,
    )


def _other_levels(line: Line) -> str:
    """Return what `state` leaves out of target and threshold."""
    if line.status == "off_target" and line.value is not None:
        return threshold(line)
    return target(line) if line.value is not None else f"{target(line)}, {threshold(line)}"


def _is_ceiling(line: Line) -> bool:
    if line.threshold == line.target:
        return line.target_operator.startswith("<")
    return line.threshold > line.target
