"""When each evaluator ran, as unbroken stretches: a gap between two was our own downtime."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, insert, select, update

from anfl_assets.store.alerts.tables import EVALUATIONS

# A process that said nothing for longer than this was not alive.
ALIVE_FOR = timedelta(minutes=2)


@dataclass(frozen=True)
class Span:
    """An evaluator ran, or a process lived, from one moment to another, so many times."""

    evaluator: str
    first_at: datetime
    last_at: datetime
    count: int


def newest_spans(connection: Connection) -> dict[str, tuple[int, Span]]:
    """Return per evaluator the id and the span that it is in, or was in last."""
    table = EVALUATIONS.c
    newest = select(func.max(table.span_id)).group_by(table.evaluator)
    found = connection.execute(select(EVALUATIONS).where(table.span_id.in_(newest)))
    spans = [dict(row) for row in found.mappings()]
    return {row["evaluator"]: (row.pop("span_id"), Span(**row)) for row in spans}


def keep_beats(
    connection: Connection, beats: Mapping[str, datetime], up_since: Mapping[str, datetime]
) -> None:
    """Keep when each evaluator last ran: its span grows, or a new one begins."""
    newest = newest_spans(connection)
    for evaluator, last_at in beats.items():
        span_id, span = newest.get(evaluator, (0, None))
        first_at = up_since.get(evaluator, last_at)
        if span is None or span.first_at != first_at:
            row = {"evaluator": evaluator, "first_at": first_at, "last_at": last_at, "count": 1}
            connection.execute(insert(EVALUATIONS).values(row))
        elif span.last_at != last_at:
            grown = update(EVALUATIONS).where(EVALUATIONS.c.span_id == span_id)
            connection.execute(grown.values(last_at=last_at, count=EVALUATIONS.c.count + 1))


def keep_alive(connection: Connection, name: str, now: datetime) -> None:
    """Keep that a process which evaluates nothing is alive."""
    _, span = newest_spans(connection).get(name, (0, None))
    is_alive = span is not None and span.last_at <= now <= span.last_at + ALIVE_FOR
    keep_beats(connection, {name: now}, {name: span.first_at if span and is_alive else now})
