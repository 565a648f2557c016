"""Gathering evidence of alerting: what was evaluated, which incidents opened, what channels took.

Reads only; nothing is made where nothing is there.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from anfl_assets.report.conform.evidence import AlertFacts, OpenedFacts, SentFacts

if TYPE_CHECKING:
    from anfl_assets.store.alerts.records import Incident
    from anfl_assets.store.alerts.store import AlertStore
    from anfl_assets.store.workspace import Workspace

# Messages that prove a channel and tell nobody of anything.
_PROOFS = ("canary", "test")
_MOST = 10_000


def gather_alerts(
    workspace: Workspace, url: str | None, *, own_channels: frozenset[str]
) -> AlertFacts | None:
    """Read the state of alerting, in the database at `url` or the folder's own; None without one.

    Raises:
        WorkspaceError: it cannot be read.
    """
    from anfl_assets.store.alerts.store import open_alerts

    if url is None and not (workspace.state_dir / "alerts.sqlite").exists():
        return None
    with open_alerts(workspace, url) as store:
        incidents = store.incidents(_MOST)
        return AlertFacts(
            evaluated_at=store.beats().get("metrics"),
            firing=sum(each.phase == "firing" for each in store.conditions()),
            open_incidents=sum(each.is_open for each in incidents),
            sent=_sent(store),
            opened=tuple(_opened(incidents)),
            own_channels=own_channels,
        )


def _sent(store: AlertStore) -> dict[str, SentFacts]:
    from sqlalchemy import func, select

    from anfl_assets.store.alerts.tables import OUTBOX

    table = OUTBOX.c
    rows = store.rows(
        select(
            table.channel,
            table.reason,
            func.count().label("number"),
            func.max(table.sent_at).label("last_at"),
        )
        .where(table.state == "sent", table.sent_at.is_not(None))
        .group_by(table.channel, table.reason)
    )
    return {
        channel: SentFacts(
            messages=sum(row["number"] for row in each if row["reason"] not in _PROOFS),
            proofs=sum(row["number"] for row in each if row["reason"] in _PROOFS),
            last_at=max(row["last_at"] for row in each),
        )
        for channel in {row["channel"] for row in rows}
        for each in [[row for row in rows if row["channel"] == channel]]
    }


def _opened(incidents: Iterable[Incident]) -> Iterable[OpenedFacts]:
    """Sum incidents up by severity and spans, newest first."""
    groups: dict[tuple[str, float | None, float | None], list[Incident]] = {}
    for incident in incidents:
        policy = incident.policy
        spans = (policy.severity, policy.response_s, policy.escalation_s)
        groups.setdefault(spans, []).append(incident)
    for (severity, response_s, escalation_s), each in groups.items():
        yield OpenedFacts(
            severity=severity,
            response_s=response_s,
            escalation_s=escalation_s,
            opened=len(each),
            acknowledged=sum(one.acknowledged_at is not None for one in each),
            missed=sum(one.response_missed_at is not None for one in each),
            escalated=sum(one.level > 0 for one in each),
            last_at=max(one.opened_at for one in each),
        )
