"""Tables of alerting's state (SQLAlchemy Core): only shapes.

They have a `MetaData` of their own and a common prefix, as a PostgreSQL database may hold others'
tables too.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
)

from anfl_assets.store.alerts.columns import Moment, Name, Prose

SCHEMA_VERSION = 1
METADATA = MetaData()

# SQLite numbers rows by itself only where the key is an INTEGER.
_NUMBER = BigInteger().with_variant(Integer, "sqlite")


def _key() -> list[Column[Any]]:
    names = ("metric_id", "subject", "grain", "kind")
    return [Column(name, Name, primary_key=True) for name in names]


# One row. `changes` counts what was kept, so that who waits can see that something is new.
SCHEMA = Table(
    "alert_schema",
    METADATA,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("changes", BigInteger, nullable=False, default=0),
)

CONDITIONS = Table(
    "alert_conditions",
    METADATA,
    *_key(),
    Column("phase", Text, nullable=False),
    Column("reading", Text, nullable=False),
    Column("pending_since", Moment, nullable=False),
    Column("judged_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("evaluations", Integer, nullable=False),
    Column("fired_at", Moment),
    Column("good_since", Moment),
    Column("incident_id", BigInteger),
    Column("joined_at", Moment),
    Column("is_flapping", Boolean, nullable=False),
    Column("is_closed_by_hand", Boolean, nullable=False),
    Column("clears", Text, nullable=False),
    Column("verdict", Text),
    Column("detail", Prose, nullable=False),
)

INCIDENTS = Table(
    "alert_incidents",
    METADATA,
    Column("incident_id", _NUMBER, primary_key=True, autoincrement=False),
    Column("dedup_key", Name, nullable=False),
    Column("group_key", Name, nullable=False),
    Column("kind", Text, nullable=False),
    Column("policy", Text, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("level", Integer, nullable=False),
    Column("repeats", Integer, nullable=False),
    Column("notices", Integer, nullable=False),
    Column("member_count", Integer, nullable=False),
    Column("told_members", Integer, nullable=False),
    Column("told_at", Moment),
    Column("acknowledged_at", Moment),
    Column("acknowledged_by", Prose),
    Column("acknowledged_via", Prose),
    Column("response_missed_at", Moment),
    Column("muted_at", Moment),
    Column("is_flapping", Boolean, nullable=False),
    Column("resolved_at", Moment, index=True),
    Column("resolved_by", Prose),
)


def _incident(*, primary_key: bool) -> Column[Any]:
    link = ForeignKey("alert_incidents.incident_id", ondelete="CASCADE")
    return Column("incident_id", BigInteger, link, primary_key=primary_key, autoincrement=False)


DEADLINES = Table(
    "alert_deadlines",
    METADATA,
    _incident(primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("step", Text, nullable=False),
    Column("due_at", Moment, nullable=False),
)

MEMBERS = Table(
    "alert_members",
    METADATA,
    _incident(primary_key=True),
    *_key(),
    Column("joined_at", Moment, nullable=False),
    Column("reading", Text, nullable=False),
    Column("cleared_at", Moment),
)

SILENCES = Table(
    "alert_silences",
    METADATA,
    Column("silence_id", _NUMBER, primary_key=True, autoincrement=False),
    Column("match", Text, nullable=False),
    Column("author", Prose, nullable=False),
    Column("reason", Prose, nullable=False),
    Column("starts_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False, index=True),
    Column("made_at", Moment, nullable=False),
)

# `next_at` is when anyone may take the row: after a failure its next attempt, while it is claimed
# the end of the lease. `is_uncertain`: a sender ended without a word, so it may have gone out.
# The incident is no foreign key: no message is lost for want of one.
OUTBOX = Table(
    "alert_outbox",
    METADATA,
    Column("notice_id", _NUMBER, primary_key=True, autoincrement=True),
    Column("send_key", Name, nullable=False, unique=True),
    Column("incident_id", BigInteger),
    Column("reason", Text, nullable=False),
    Column("channel", Name, nullable=False),
    Column("recipient", Name, nullable=False),
    Column("severity", Text, nullable=False),
    Column("body", Prose, nullable=False),
    Column("is_digest", Boolean, nullable=False),
    Column("not_before", Moment, nullable=False),
    Column("next_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("state", Text, nullable=False, default="waiting"),
    Column("claimed_by", Prose),
    Column("claimed_until", Moment),
    Column("is_uncertain", Boolean, nullable=False, default=False),
    Column("made_at", Moment, nullable=False),
    Column("sent_at", Moment),
    Column("reference", Prose),
    Column("thread", Text),
    Column("error", Prose),
    Column("fallback_of", BigInteger),
    CheckConstraint(
        "state in ('waiting', 'claimed', 'sent', 'refused', 'withdrawn')",
        name="alert_outbox_known_state",
    ),
    Index("alert_outbox_live", "state", "channel"),
    Index("alert_outbox_by_incident", "incident_id", "channel", "recipient"),
    sqlite_autoincrement=True,
)

ATTEMPTS = Table(
    "alert_attempts",
    METADATA,
    Column("attempt_id", _NUMBER, primary_key=True, autoincrement=True),
    Column(
        "notice_id",
        BigInteger,
        ForeignKey("alert_outbox.notice_id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("number", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("error", Prose),
    Column("reference", Prose),
    Column("detail", Prose),
    Column("http_status", Integer),
)

DECISIONS = Table(
    "alert_decisions",
    METADATA,
    Column("decision_id", _NUMBER, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False, index=True),
    Column("verdict", Text, nullable=False),
    Column("detail", Prose, nullable=False),
    Column("metric_id", Name),
    Column("subject", Name),
    Column("grain", Name),
    Column("kind", Text),
    Column("incident_id", BigInteger, index=True),
    Column("reading", Text),
    Index("alert_decisions_by_metric", "metric_id", "subject"),
)

# An unbroken stretch of evaluations, or of a process being alive.
EVALUATIONS = Table(
    "alert_evaluations",
    METADATA,
    Column("span_id", _NUMBER, primary_key=True, autoincrement=True),
    Column("evaluator", Name, nullable=False),
    Column("first_at", Moment, nullable=False),
    Column("last_at", Moment, nullable=False),
    Column("count", BigInteger, nullable=False),
    Index("alert_evaluations_by_evaluator", "evaluator", "span_id"),
)

CHANNELS = Table(
    "alert_channels",
    METADATA,
    Column("channel", Name, primary_key=True),
    Column("paused_until", Moment),
    Column("paused_why", Prose),
    Column("last_ok_at", Moment),
    Column("last_error_at", Moment),
    Column("last_error", Prose),
    Column("consecutive_failures", Integer, nullable=False, default=0),
)
