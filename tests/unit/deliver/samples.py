"""Messages to send: one critical incident and what becomes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from anfl_assets.deliver.message import Line, Message

BEGAN = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
NOW = BEGAN + timedelta(minutes=23)

LATENCY = Line(
    metric_id="inference_latency",
    label="Inference latency",
    subject="image-generation",
    grain="5 minutes",
    status="breached",
    value=148.4,
    unit="ms",
    target=50,
    target_operator="<",
    threshold=100,
    since=BEGAN,
    window_end_at=BEGAN,
)
SILENT = replace(LATENCY, subject="chat", status="no_data", value=None)
UPTIME = replace(
    LATENCY,
    metric_id="uptime",
    label="Uptime",
    subject="gateway",
    status="off_target",
    value=99.93,
    unit="%",
    target=99.95,
    target_operator=">=",
    threshold=99.5,
)
FIRST = Message(
    reason="first",
    severity="critical",
    at=BEGAN,
    dedup_key="anfl/example/inference_latency",
    lines=(LATENCY,),
    incident_id=12,
    opened_at=BEGAN,
    line_count=1,
    firing_count=1,
    level="on_call",
    owner="ml_platform",
    runbook="https://runbooks.example.org/latency",
    link="http://127.0.0.1:8400/incidents/12",
    organisation="Example company",
)
REPEAT = replace(
    FIRST,
    reason="repeat",
    at=BEGAN + timedelta(minutes=5),
    note="No acknowledgement within 5 minutes.",
)
ESCALATION = replace(
    FIRST,
    reason="escalation",
    at=BEGAN + timedelta(minutes=15),
    level="owner",
    note="No acknowledgement from on_call within 15 minutes.",
)
ACKNOWLEDGED = replace(FIRST, reason="acknowledged", acknowledged_by="ada", at=NOW)
RECOVERY = replace(
    FIRST,
    reason="recovery",
    at=NOW,
    lines=(replace(LATENCY, is_over=True, value=42.1, status="on_target"),),
    firing_count=0,
)
STORM = replace(
    FIRST,
    lines=(LATENCY, SILENT, UPTIME),
    line_count=1_203,
    firing_count=1_200,
    suppressed_count=17,
)
CANARY = Message(reason="canary", severity="information", at=NOW, dedup_key="canary 2026-11-23")
DIGEST = Message(
    reason="digest",
    severity="information",
    at=NOW,
    dedup_key="digest 2026-11-23",
    collected=(replace(FIRST, severity="information", lines=(UPTIME,)), RECOVERY),
)
WATCH = Message(
    reason="watch",
    severity="critical",
    at=NOW,
    dedup_key="watch",
    subject_line="No evaluation for 92 s: the daemon is not running",
)
REASONS = (FIRST, REPEAT, ESCALATION, ACKNOWLEDGED, RECOVERY, STORM, CANARY, DIGEST, WATCH)


def clock() -> datetime:
    """Return the moment at which these tests stand."""
    return NOW
