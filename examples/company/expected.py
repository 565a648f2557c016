"""What one metric must be for one subject, and the status that follows from §1's bands.

The bands are written out here a second time, on purpose: the catalog is what they are to check.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from examples.company.company import OWN_TARGETS


@dataclass(frozen=True)
class Band:
    """Target and alert threshold of a metric; `is_strict` where the target has < or >."""

    unit: str
    target: float
    threshold: float
    is_strict: bool

    def status(self, value: float) -> str:
        """`on_target`, `off_target` or `breached`; a breach lies strictly beyond the threshold."""
        # A lower value is better where the target lies below the threshold.
        sign = 1 if self.target < self.threshold else -1
        if sign * value > sign * self.threshold:
            return "breached"
        if self.is_strict:
            return "on_target" if sign * value < sign * self.target else "off_target"
        return "on_target" if sign * value <= sign * self.target else "off_target"


BANDS = {
    "inference_latency": Band("ms", 50, 100, is_strict=True),
    "throughput": Band("req/s", 1000, 500, is_strict=False),
    "error_rate": Band("%", 0.1, 1, is_strict=True),
    "uptime": Band("%", 99.99, 99.9, is_strict=False),
    "resource_utilization": Band("%", 80, 90, is_strict=False),
    "scaling_efficiency": Band("s", 30, 60, is_strict=True),
    "user_adoption": Band("%", 20, 10, is_strict=False),
    "revenue": Band("%", 25, 15, is_strict=False),
    "market_share": Band("%", 15, 10, is_strict=False),
    "satisfaction": Band("score", 4.5, 4.0, is_strict=True),
    "retention": Band("%", 95, 90, is_strict=False),
    "feature_adoption": Band("%", 60, 40, is_strict=False),
}


# Of these `all` is the only subject, and judged.
WITHOUT_PARTS = ("user_adoption", "revenue", "retention", "feature_adoption")


def band(metric_id: str, subject: str) -> Band:
    """The band that holds for one subject: its own target, or the specification's."""
    for own in OWN_TARGETS:
        if (own.metric, own.subject) == (metric_id, subject):
            return Band(
                BANDS[metric_id].unit,
                _number(own.target),
                _number(own.alert_threshold),
                is_strict=own.target.startswith("<"),
            )
    return BANDS[metric_id]


def _number(quantity: str) -> float:
    return float(quantity.strip("<>").removesuffix("req/s").removesuffix("ms").rstrip("% "))


@dataclass(frozen=True)
class Expected:
    """One metric of one subject over one window.

    `relative_tolerance` is what a correct computation may differ by: 0 for counts and money.
    """

    metric_id: str
    subject: str
    grain: str
    window_start_at: datetime
    window_end_at: datetime
    value: float = float("nan")
    numerator: float | None = None
    denominator: float | None = None
    sample_count: int | None = None
    relative_tolerance: float = 1e-9
    since: datetime | None = None

    def as_row(self) -> dict[str, Any]:
        """A JSON object; `all` is shown but not judged where it has parts."""
        limits = band(self.metric_id, self.subject)
        return {
            "metric_id": self.metric_id,
            "subject": self.subject,
            "is_judged": self.subject != "all" or self.metric_id in WITHOUT_PARTS,
            "grain": self.grain,
            "window_start_at": self.window_start_at.isoformat(),
            "window_end_at": self.window_end_at.isoformat(),
            "value": self.value,
            "unit": limits.unit,
            "target": limits.target,
            "alert_threshold": limits.threshold,
            "status": limits.status(self.value),
            "since": None if self.since is None else self.since.isoformat(),
            "numerator": self.numerator,
            "denominator": self.denominator,
            "sample_count": self.sample_count,
            "relative_tolerance": self.relative_tolerance,
        }
