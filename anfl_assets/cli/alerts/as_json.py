"""What `anfl alerts` prints as JSON: names and units as the records have them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from anfl_assets.store.alerts.outbox import Outgoing
    from anfl_assets.store.alerts.records import Condition, Incident, Silence


def incident_json(incident: Incident, members: Sequence[Condition]) -> dict[str, Any]:
    """Return an incident as `--json` prints it."""
    return {
        "incident_id": incident.incident_id,
        "severity": incident.policy.severity,
        "kind": incident.kind,
        "dedup_key": incident.dedup_key,
        "is_open": incident.is_open,
        "opened_at": incident.opened_at,
        "told_at": incident.told_at,
        "level": incident.policy.ladder[incident.level] if incident.policy.ladder else None,
        "deadlines": [{"step": each.step, "due_at": each.due_at} for each in incident.deadlines],
        "acknowledged_at": incident.acknowledged_at,
        "acknowledged_by": incident.acknowledged_by,
        "muted_at": incident.muted_at,
        "resolved_at": incident.resolved_at,
        "resolved_by": incident.resolved_by,
        "firing": [condition_json(each) for each in members],
    }


def condition_json(condition: Condition) -> dict[str, Any]:
    """Return a condition as `--json` prints it."""
    return {
        **condition.key._asdict(),
        "phase": condition.phase,
        "value": condition.reading.value,
        "unit": condition.reading.unit,
        "since": condition.pending_since,
        "verdict": condition.verdict,
        "detail": condition.detail,
    }


def silence_json(silence: Silence) -> dict[str, Any]:
    """Return a silence as `--json` prints it."""
    return {
        "silence_id": silence.silence_id,
        "match": str(silence.match),
        "author": silence.author,
        "reason": silence.reason,
        "starts_at": silence.starts_at,
        "ends_at": silence.ends_at,
    }


def notice_json(notice: Outgoing) -> dict[str, Any]:
    """Return a message of the outbox as `--json` prints it."""
    return {
        "notice_id": notice.notice_id,
        "incident_id": notice.incident_id,
        "reason": notice.reason,
        "channel": notice.target.channel,
        "recipient": notice.target.recipient,
        "state": notice.state,
        "attempts": notice.attempts,
        "made_at": notice.made_at,
        "next_at": notice.next_at,
        "sent_at": notice.sent_at,
        "reference": notice.reference,
        "error": notice.error,
    }
