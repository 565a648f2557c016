"""The files a person fills in, and when they are due.

Customer feedback and market analysis come by hand (specification §2.1): each has a CSV to fill in,
the feed that reads it, and a day by which the next is expected.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from anfl_assets.collect.feed import Feed
from anfl_assets.frames import CANONICAL, SOURCES, TABLES, Column, Table

# The table a person fills in when they name a source.
_FILLED_IN = {table.source: table.entity for table in reversed(CANONICAL)}
_EXAMPLES: dict[str, dict[str, str]] = {
    "responses": {
        "respondent_id": "customer-17",
        "score": "4",
        "scale_min": "1",
        "scale_max": "5",
        "segment": "enterprise",
        "comment": "Quick answers, clear invoices",
    },
    "market_sizes": {
        "period_start_on": "2026-07-01",
        "period_end_on": "2026-09-30",
        "market": "Europe",
        "company": "our company",
        "amount": "1200000",
        "unit": "EUR",
        "report": "Name and edition of the report",
    },
}


@dataclass(frozen=True)
class Due:
    """When the next file of a feed is expected; `due_at` is None while none ever landed."""

    due_at: datetime | None
    is_overdue: bool


def due(feed: Feed, last_landed_at: datetime | None, now: datetime) -> Due:
    """Return when the feed's next file is due; a feed that never landed is overdue at once."""
    if last_landed_at is None:
        return Due(None, is_overdue=True)
    due_at = feed.expect_every.after(last_landed_at)
    return Due(due_at, is_overdue=now > due_at)


def entity_of(name: str) -> str | None:
    """Return the entity of that name, or the one a source of that name is filled in with."""
    if name in TABLES:
        return name
    return _FILLED_IN[name] if name in SOURCES else None


def template(entity: str) -> str:
    """Return a CSV with the canonical header and one example row to overwrite."""
    table = TABLES[entity]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(column.name for column in table.columns)
    examples = _EXAMPLES.get(entity, {})
    writer.writerow(examples.get(column.name) or _example(column) for column in table.columns)
    return text.getvalue()


def feed_snippet(entity: str) -> str:
    """Return the feed for `feeds.yaml` that reads the filled-in template."""
    table = TABLES[entity]
    lines = ["feeds:", f"  {entity}:", f"    entity: {entity}", f'    files: "{entity}/*.csv"']
    lines += ["    columns:", *(f"      {_mapped(column)}" for column in table.columns)]
    if table.source in ("customer_feedback", "market_analysis"):
        every = "1 month" if table.source == "customer_feedback" else "1 quarter"
        lines += ["    is_manual: true", f"    expect_every: {every}"]
    return "\n".join(lines) + "\n"


def describe(table: Table) -> list[tuple[str, str]]:
    """Return each column with what to write in it."""
    return [
        (column.name, column.description + (" (may be empty)" if column.is_nullable else ""))
        for column in table.columns
    ]


def _mapped(column: Column) -> str:
    if isinstance(column.dtype, pl.Datetime):
        return f"{column.name}: {{from: {column.name}, zone: UTC}}"
    return f"{column.name}: {column.name}"


def _example(column: Column) -> str:
    if column.is_nullable:
        return ""
    if column.dtype.is_temporal():
        return "2026-09-01" if isinstance(column.dtype, pl.Date) else "2026-09-01T12:00:00Z"
    if isinstance(column.dtype, pl.Boolean):
        return "true"
    if column.dtype.is_numeric():
        return "1"
    return {"currency": "EUR", "kind": "sale"}.get(column.name, f"a {column.name}")
