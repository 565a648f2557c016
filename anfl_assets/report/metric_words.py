"""How a metric and its row of the board read to people: name, value, target, change, age."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from anfl_assets.catalog.model import Metric
from anfl_assets.report.scoreboard import BoardRow
from anfl_assets.wording.numbers import NOTHING, change, growth, quantity, span

_DAYS_ONLY = 3
_OPERATORS = {"<=": "≤", ">=": "≥"}
_COMPARED = {
    "5 minutes": "a day before",
    "hour": "a day before",
    "day": "a week before",
    "week": "the week before",
    "30 days": "30 days before",
    "month": "the month before",
    "quarter": "the quarter before",
}


def title(metric_id: str) -> str:
    """Write a metric's id as a heading: `Inference latency`."""
    return metric_id.replace("_", " ").capitalize()


def subject_title(metric_id: str, subject: str) -> str:
    """Name a metric and its subject: `Inference latency of chat`; of the whole only the metric."""
    return title(metric_id) if subject == "all" else f"{title(metric_id)} of {subject}"


def value_words(value: float | None, metric: Metric) -> str:
    """Write a value of a metric: `1,234.5 ms`, `+12.3 % MoM`."""
    if metric.target.growth:
        return growth(value, metric.target.growth)
    return quantity(value, metric.unit.value)


def target_words(row: BoardRow) -> str:
    """Write what is aimed at: `< 50 ms`."""
    operator = _OPERATORS.get(row.target_operator, row.target_operator)
    return f"{operator} {quantity(row.target, row.unit)}"


def threshold_words(row: BoardRow) -> str:
    """Write where it breaches, strictly beyond: `> 100 ms`."""
    beyond = ">" if row.target_operator.startswith("<") else "<"
    return f"{beyond} {quantity(row.threshold, row.unit)}"


def change_words(row: BoardRow) -> str:
    """Write the change and what it is against: `+3.2 ms vs a day before`.

    Of percentages it is in points; a change that does not show at this precision is none.
    """
    against = _COMPARED.get(row.grain)
    if row.change is None or against is None:
        return NOTHING
    return f"{difference_words(precise(row.change), row.unit)} vs {against}"


def precise(difference: float) -> float:
    """Return a difference as precisely as it is told: what does not show there is zero."""
    return round(difference, 2) if abs(difference) < 1 else difference


def difference_words(size: float, unit: str) -> str:
    """Write a difference of two values: `+3.2 ms`, of percentages in points."""
    return change(size, "points" if unit == "%" else unit) if size else "no change"


def when_words(at: datetime) -> str:
    """Write a moment where all moments are UTC: `2026-11-22 20:50`; at midnight only the day."""
    midnight = at.astimezone(UTC).time() == time()
    return f"{at.astimezone(UTC):%Y-%m-%d}" if midnight else f"{at.astimezone(UTC):%Y-%m-%d %H:%M}"


def age_words(age: timedelta) -> str:
    """Write how long ago: `20 h 17 min`, from three days on only the days."""
    return f"{age.days:,} d" if age.days >= _DAYS_ONLY else span(age)
