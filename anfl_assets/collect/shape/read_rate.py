"""Reading the step `rate` from YAML."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from anfl_assets.collect.columns.expressions import Read
from anfl_assets.collect.columns.reads import read_source
from anfl_assets.collect.shape.rate import Rate
from anfl_assets.config.expand import Environment
from anfl_assets.config.section import Section
from anfl_assets.frames import TIMESTAMP, Column

_AT = Column("at", TIMESTAMP, "When a counter was read")
_DAY = timedelta(days=1)


def read_rate(item: Section, _: Environment) -> Rate | None:
    """Read `rate: {columns: [NAMES], at: COLUMN, by: [COLUMNS], every: 1 minute, max_gap: 1 hour}`.

    `at` is a column of ISO 8601 times or `{from: COLUMN, format: epoch_ms}`.
    """
    section = item.section("rate")
    if section is None:
        item.fault("rate", "columns, at, and where it applies by, every, max_gap")
        return None
    section.only(("columns", "at", "by", "every", "max_gap"))
    columns = section.texts("columns") or ()
    if not columns:
        section.fault("columns", "the columns that hold cumulative counters")
    at = _at(section)
    every = _length(section, "every")
    if every is not None and _DAY % every:
        section.fault("every", "a length that divides a day, such as `1 minute`")
        every = None
    max_gap = _length(section, "max_gap")
    if not columns or at is None:
        return None
    return Rate(columns, at, section.texts("by") or (), every, max_gap)


def _at(section: Section) -> Read | None:
    value = section.content.get("at")
    if isinstance(value, str):
        return Read(value)
    inner = section.section("at") if isinstance(value, Mapping) else None
    if inner is None:
        section.fault("at", "a column of times, or {from: COLUMN, format: epoch_ms}")
        return None
    if "from" not in inner.content:
        inner.fault("from", "a column of times", "nothing")
    return read_source(inner, _AT)


def _length(section: Section, name: str) -> timedelta | None:
    period = section.period(name)
    if period is None:
        return None
    if not period.length:
        section.fault(name, "a fixed length above zero, such as `1 minute`")
    return period.length or None
