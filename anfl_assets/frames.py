"""The schema of every frame that two packages exchange.

The canonical tables (what a feed may bring in, specification §2.1) with their columns, units and
event time, and the provenance columns that landing adds. No behaviour beyond look-ups lives here.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

TIMESTAMP = pl.Datetime("us", "UTC")
MONEY = pl.Decimal(18, 4)


@dataclass(frozen=True)
class Column:
    """One column of a canonical table."""

    name: str
    dtype: pl.DataType
    description: str
    unit: str | None = None
    is_nullable: bool = False


@dataclass(frozen=True)
class Table:
    """One canonical table: `entity` of `source`, kept in `store`, dated by `event_at`."""

    source: str
    store: str
    entity: str
    event_at: str
    columns: tuple[Column, ...]

    @property
    def schema(self) -> pl.Schema:
        """Column name to type, canonical columns only, in order."""
        return pl.Schema({column.name: column.dtype for column in self.columns})

    @property
    def landed_schema(self) -> pl.Schema:
        """Canonical columns followed by the provenance columns."""
        return pl.Schema({**self.schema, **PROVENANCE})


# What landing adds to every row. `date` is the UTC day of the event time; `month` its first day and
# the lake's partition; `row_key` the hash of the feed's de-duplication key, null where it has none.
PROVENANCE: dict[str, pl.DataType] = {
    "feed": pl.String(),
    "load_id": pl.Int64(),
    "row_key": pl.String(),
    "date": pl.Date(),
    "month": pl.Date(),
}


def _at(name: str, description: str, *, is_nullable: bool = False) -> Column:
    return Column(name, TIMESTAMP, description, "UTC", is_nullable)


def _text(name: str, description: str, *, is_nullable: bool = False) -> Column:
    return Column(name, pl.String(), description, None, is_nullable)


def _number(name: str, description: str, unit: str, *, is_nullable: bool = False) -> Column:
    return Column(name, pl.Float64(), description, unit, is_nullable)


def _count(name: str, description: str, *, is_nullable: bool = False) -> Column:
    return Column(name, pl.Int64(), description, "count", is_nullable)


CANONICAL: tuple[Table, ...] = (
    Table(
        "system_logs",
        "timeseries",
        "probes",
        "observed_at",
        (
            _at("observed_at", "When the component was probed"),
            _text("component", "What was probed"),
            Column("is_up", pl.Boolean(), "Whether it answered as it should"),
            _number("response_ms", "How long the answer took", "ms", is_nullable=True),
        ),
    ),
    Table(
        "system_logs",
        "timeseries",
        "resources",
        "observed_at",
        (
            _at("observed_at", "When the sample was taken"),
            _text("host", "Which machine"),
            _text("resource", "cpu, memory, disk, gpu or network"),
            _number("utilization_pct", "Share of capacity in use", "%"),
        ),
    ),
    Table(
        "system_logs",
        "timeseries",
        "scalings",
        "requested_at",
        (
            _at("requested_at", "When more or less capacity was asked for"),
            _at("ready_at", "When it was there; null while it is not", is_nullable=True),
            _text("service", "Whose capacity"),
            _count("from_units", "Units before", is_nullable=True),
            _count("to_units", "Units asked for", is_nullable=True),
        ),
    ),
    Table(
        "system_logs",
        "timeseries",
        "accesses",
        "observed_at",
        (
            _at("observed_at", "When the request was logged"),
            _text("service", "Which service answered"),
            Column("status_code", pl.Int32(), "HTTP status of the answer"),
            _number("response_ms", "How long the answer took", "ms", is_nullable=True),
            _count("bytes", "Size of the answer", is_nullable=True),
        ),
    ),
    Table(
        "performance_data",
        "performance",
        "requests",
        "observed_at",
        (
            _at("observed_at", "When the request was handled"),
            _text("service", "Which service handled it"),
            _number("latency_ms", "How long it took", "ms", is_nullable=True),
            Column("is_error", pl.Boolean(), "Whether it failed"),
        ),
    ),
    Table(
        "performance_data",
        "performance",
        "request_windows",
        "window_start_at",
        (
            _at("window_start_at", "Start of the window"),
            _number("window_s", "Length of the window", "s"),
            _text("service", "Which service"),
            _count("request_count", "Requests handled in the window"),
            _count("error_count", "Of these, failed"),
            Column(
                "latency_buckets",
                pl.List(pl.Int16()),
                "Log buckets of the successful requests' latency: b holds (1.02^(b-1), 1.02^b] ms; "
                "-32768 holds values of zero or less",
                None,
                is_nullable=True,
            ),
            Column(
                "latency_counts",
                pl.List(pl.Int64()),
                "Requests in each of latency_buckets, same length",
                "count",
                is_nullable=True,
            ),
            _number(
                "latency_p50_ms",
                "Sender's own median, for this window only",
                "ms",
                is_nullable=True,
            ),
            _number(
                "latency_p95_ms",
                "Sender's own 95th percentile, for this window only",
                "ms",
                is_nullable=True,
            ),
            _number(
                "latency_p99_ms",
                "Sender's own 99th percentile, for this window only",
                "ms",
                is_nullable=True,
            ),
        ),
    ),
    Table(
        "usage_analytics",
        "analytics",
        "events",
        "occurred_at",
        (
            _at("occurred_at", "When the user did it"),
            _text("user_id", "Who"),
            _text("event_name", "What"),
            _text("feature", "Which feature was used", is_nullable=True),
            _text("properties", "Anything else, as JSON", is_nullable=True),
        ),
    ),
    Table(
        "usage_analytics",
        "analytics",
        "usage_windows",
        "window_start_at",
        (
            _at("window_start_at", "Start of the window"),
            _number("window_s", "Length of the window", "s"),
            _text("product", "Which product"),
            _text("kind", "active_users, new_users, feature_use or requests"),
            _number("count", "How many", "count"),
            _number("of_count", "Out of how many", "count", is_nullable=True),
        ),
    ),
    Table(
        "usage_analytics",
        "analytics",
        "orders",
        "occurred_at",
        (
            _at("occurred_at", "When the order was placed or taken back"),
            _text("customer_id", "Who; null where unknown", is_nullable=True),
            _text("order_id", "Which order"),
            Column("amount", MONEY, "Value of this line, refunds negative", "currency"),
            _text("currency", "ISO 4217 code"),
            _text("kind", "sale, refund or adjustment"),
        ),
    ),
    Table(
        "usage_analytics",
        "analytics",
        "work_items",
        "created_at",
        (
            _at("created_at", "When the item was written down"),
            _at("started_at", "When work began", is_nullable=True),
            _at("done_at", "When it was done", is_nullable=True),
            _text("team", "Whose item"),
            _text("kind", "What sort of item"),
        ),
    ),
    Table(
        "customer_feedback",
        "customer",
        "responses",
        "answered_at",
        (
            _at("answered_at", "When the answer was given"),
            _text("respondent_id", "Who; null where anonymous", is_nullable=True),
            _number("score", "The answer on its own scale", "score"),
            _number("scale_min", "Worst score possible", "score"),
            _number("scale_max", "Best score possible", "score"),
            _text("segment", "Which group of customers", is_nullable=True),
            _text("comment", "Free text", is_nullable=True),
        ),
    ),
    Table(
        "market_analysis",
        "business",
        "market_sizes",
        "period_start_on",
        (
            Column("period_start_on", pl.Date(), "First day of the period", "date"),
            Column("period_end_on", pl.Date(), "Last day of the period, included", "date"),
            _text("market", "Which market"),
            _text("company", "Whose part of it"),
            _number("amount", "Size of that part", "unit of the report"),
            _text("unit", "What is counted: trips, EUR, seats"),
            _text("report", "Which report says so"),
        ),
    ),
)

TABLES: dict[str, Table] = {table.entity: table for table in CANONICAL}
SOURCES: tuple[str, ...] = tuple(dict.fromkeys(table.source for table in CANONICAL))
STORES: tuple[str, ...] = tuple(dict.fromkeys(table.store for table in CANONICAL))

# The subject of a metric that is made of a table's rows: these columns, joined by `/`. Rows of a
# table without any belong to the whole.
SUBJECT_COLUMNS: dict[str, tuple[str, ...]] = {
    "probes": ("component",),
    "resources": ("host", "resource"),
    "scalings": ("service",),
    "accesses": ("service",),
    "requests": ("service",),
    "request_windows": ("service",),
    "events": (),
    "usage_windows": (),
    "orders": (),
    "work_items": ("team",),
    "responses": ("segment",),
    "market_sizes": ("market",),
}
