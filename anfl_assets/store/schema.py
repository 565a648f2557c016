"""Tables of the ledger: what was landed, what was set aside and why (SQLAlchemy Core).

Only shapes. `ledger.py` opens the database, `landings.py` writes loads, and further modules of
this package may add tables to `METADATA`.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

SCHEMA_VERSION = 1
METADATA = MetaData()


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC: SQLite keeps no offset, so it is kept naive and given back aware."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to naive UTC."""
        del dialect
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Say that what comes out is UTC."""
        del dialect
        return None if value is None else value.replace(tzinfo=UTC)


SCHEMA_VERSIONS = Table(
    "schema_version", METADATA, Column("version", Integer, primary_key=True, autoincrement=False)
)

SETTINGS = Table(
    "settings",
    METADATA,
    Column("key", String, primary_key=True),
    Column("value", Text, nullable=False),
)

# One row per content of one file. `definition_sha256` is the feed's own definition at the time: a
# corrected mapping lands its files again. `replaced_by` names the load that takes this one's rows
# out of the lake; the status becomes `replaced` only once that is committed.
LOADS = Table(
    "loads",
    METADATA,
    Column("load_id", Integer, primary_key=True, autoincrement=True),
    Column("landing_id", String, nullable=False, index=True),
    Column("feed", String, nullable=False),
    Column("source", String, nullable=False),
    Column("entity", String, nullable=False),
    Column("path", String, nullable=False),
    Column("content_sha256", String(64), nullable=False),
    Column("definition_sha256", String(64), nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("status", String, nullable=False),
    Column("received", Integer, nullable=False),
    Column("accepted", Integer, nullable=False),
    Column("quarantined", Integer, nullable=False),
    Column("duplicates", Integer, nullable=False),
    Column("superseded", Integer, nullable=False),
    Column("first_event_at", UtcDateTime),
    Column("last_event_at", UtcDateTime),
    Column("started_at", UtcDateTime, nullable=False),
    Column("landed_at", UtcDateTime),
    Column("replaced_by", Integer, ForeignKey("loads.load_id", ondelete="SET NULL")),
    Column("message", Text, nullable=False, default=""),
    CheckConstraint("received = accepted + quarantined + duplicates", name="nothing_is_lost"),
    CheckConstraint("status in ('staged', 'landed', 'replaced', 'rejected')", name="known_status"),
    Index("loads_by_feed", "feed", "status"),
    Index("loads_by_content", "content_sha256"),
    sqlite_autoincrement=True,
)

# What a load of a running system adds: where the next pull goes on, and how far it has told.
LIVE_LOADS = Table(
    "live_loads",
    METADATA,
    Column("load_id", Integer, ForeignKey("loads.load_id", ondelete="CASCADE"), primary_key=True),
    Column("cursor", Text, nullable=False),
    Column("polled_at", UtcDateTime, nullable=False),
    Column("complete_to", UtcDateTime),
)

# Event dates a load changed: of its rows, and of the rows it superseded or replaced.
LOAD_DATES = Table(
    "load_dates",
    METADATA,
    Column("load_id", Integer, ForeignKey("loads.load_id", ondelete="CASCADE"), primary_key=True),
    Column("entity", String, primary_key=True),
    Column("date", Date, primary_key=True),
)

QUARANTINE = Table(
    "quarantine",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column(
        "load_id",
        Integer,
        ForeignKey("loads.load_id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("feed", String, nullable=False),
    Column("entity", String, nullable=False),
    Column("path", String, nullable=False),
    Column("line", Integer),
    Column("reason", Text, nullable=False),
    Column("rule", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

SUITE_RESULTS = Table(
    "suite_results",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("landing_id", String, nullable=False, index=True),
    Column("feed", String, nullable=False),
    Column("entity", String, nullable=False),
    Column("rule", String, nullable=False),
    Column("expectation", String, nullable=False),
    Column("kwargs", JSON, nullable=False),
    Column("severity", String, nullable=False),
    Column("success", Boolean, nullable=False),
    Column("element_count", Integer, nullable=False),
    Column("unexpected_count", Integer, nullable=False),
    Column("unexpected_pct", Float, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
