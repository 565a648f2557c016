"""Rows of a board for the tests of the digest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from anfl_assets.report.digest.content import Digest, IncidentTold
from anfl_assets.report.scoreboard import BoardRow

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def row(
    status: str = "on_target",
    value: float | None = 40.0,
    *,
    subject: str = "chat",
    **more: Any,  # noqa: ANN401 - any field of a row
) -> BoardRow:
    """Return a row of inference latency, target below 50 ms, threshold 100 ms."""
    fields: dict[str, Any] = {
        "metric_id": "inference_latency",
        "unit": "ms",
        "target": 50.0,
        "target_operator": "<",
        "threshold": 100.0,
        "since": NOON - timedelta(hours=3),
        "window_start_at": NOON - timedelta(minutes=5),
        "window_end_at": NOON,
        "grain": "5 minutes",
        "change": 3.25,
        "sample_count": 1_200,
        "staleness_s": 0.0,
        "section": "system_metrics",
        "domain": "model_orchestration",
        "severity": "critical",
        "is_whole": False,
        **more,
    }
    return BoardRow(subject=subject, value=value, status=status, **fields)


def digest(**more: Any) -> Digest:  # noqa: ANN401 - any field of a digest
    """Return a digest of nothing."""
    fields: dict[str, Any] = {
        "first_line": "Nothing changed since yesterday.",
        "made_at": NOON,
        "data_at": NOON,
        "age_line": None,
        "counts": {"breached": 1, "on_target": 2_000},
        "panels": (),
        "incidents": (),
        "trends": None,
        "forecasts": None,
        "driver": None,
        "notices": (),
        "build_id": "20261123T120000-abcdef",
        "is_simulated": True,
        "organisation": "Example Company",
        **more,
    }
    return Digest(**fields)


def incident(**more: Any) -> IncidentTold:  # noqa: ANN401 - any field of an incident
    """Return an incident that opened two hours before noon and goes on."""
    fields: dict[str, Any] = {
        "incident_id": 7,
        "severity": "critical",
        "what": "Inference latency of chat",
        "more": 0,
        "metric_ids": ("inference_latency",),
        "opened_at": NOON - timedelta(hours=2),
        "acknowledged_at": None,
        "acknowledged_by": None,
        "ended_at": None,
        **more,
    }
    return IncidentTold(**fields)
