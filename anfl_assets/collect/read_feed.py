"""One feed of `feeds.yaml`: what it is called, how often it is asked and what counts as complete.

How its files are written is in `read_files.py`, its `columns` and `where` in `columns/`, its steps
in `shape/`, its connector in `connect/`.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from anfl_assets.collect.columns.conditions import read_conditions
from anfl_assets.collect.columns.read_columns import read_columns
from anfl_assets.collect.connect.connector import Connector
from anfl_assets.collect.connect.connectors import CONNECTORS, read_connector
from anfl_assets.collect.feed import Feed, Format
from anfl_assets.collect.read_files import (
    read_delimiter,
    read_encoding,
    read_globs,
    read_header_rows,
    read_samples_of,
    read_sheet,
)
from anfl_assets.collect.shape.steps import read_shape
from anfl_assets.config.expand import Environment
from anfl_assets.config.period import Period
from anfl_assets.config.section import Section
from anfl_assets.frames import TABLES

_KEYS = (
    "entity",
    "files",
    "format",
    "delimiter",
    "encoding",
    "header",
    "header_rows",
    "records",
    "sheet",
    "samples",
    "shape",
    "columns",
    "nulls",
    "where",
    "key",
    "max_carry",
    "complete_to",
    "expect_every",
    "is_manual",
    "every",
    "is_simulated",
)
_COMPLETE_TO = ("event", "1 minute", "5 minutes", "1 hour", "1 day", "1 month", "1 quarter")
_LONGEST_CARRY = timedelta(days=7)
_FASTEST, _SLOWEST = timedelta(seconds=1), timedelta(days=1)
_UNHURRIED = timedelta(minutes=1)
_DAILY = Period(1, "day")
# How often files of a source are expected when the feed does not say.
_EXPECTED = {"customer_feedback": Period(1, "month"), "market_analysis": Period(1, "quarter")}


def read_feed(section: Section, name: str, *, root: Path, env: Environment) -> Feed | None:
    """Return the feed; faults are noted in the section, None when its entity is unknown."""
    section.only((*_KEYS, *CONNECTORS))
    entity = section.choice("entity", tuple(TABLES))
    connector = read_connector(section, env)
    globs = _globs(section, env)
    if entity is None:
        if "entity" not in section.content:
            section.fault("entity", f"one of {', '.join(TABLES)}", "nothing")
        return None
    table = TABLES[entity]
    stated = section.choice("format", tuple(Format))
    form = Format(stated) if stated else None
    return Feed(
        name=name,
        entity=entity,
        root=root,
        files=globs,
        columns=read_columns(section, table, own=connector.columns if connector else ()),
        expect_every=section.period("expect_every") or _EXPECTED.get(table.source, _DAILY),
        is_manual=section.flag("is_manual", default=table.source in _EXPECTED),
        format=form,
        delimiter=read_delimiter(section),
        encoding=read_encoding(section),
        header=section.texts("header") or (),
        header_rows=read_header_rows(section),
        records=section.text("records"),
        sheet=read_sheet(section, form, globs),
        samples=read_samples_of(section, form),
        nulls=_nulls(section),
        where=tuple(read_conditions(section)),
        key=_key(section, connector),
        max_carry=_max_carry(section, entity),
        complete_to=_complete_to(section),
        shape=read_shape(section, env),
        connector=connector,
        every=_every(section, connector),
        is_simulated=section.flag("is_simulated", default=False)
        if "is_simulated" in section.content
        else None,
    )


def _globs(section: Section, env: Environment) -> tuple[str, ...]:
    if any(key in section.content for key in CONNECTORS):
        return ()
    globs = read_globs(section, env)
    if not globs and not any(fault.key == section.path("files") for fault in section.faults):
        expected = f"a glob or a list of globs, or one of {', '.join(CONNECTORS)}"
        section.fault("files", expected, "nothing")
    return globs


def _key(section: Section, connector: Connector | None) -> tuple[str, ...]:
    stated = section.texts("key")
    if stated is None and connector is not None:
        return connector.key
    return stated or ()


def _every(section: Section, connector: Connector | None) -> timedelta | None:
    period = section.period("every")
    if connector is None:
        is_asked = any(key in section.content for key in CONNECTORS)  # faulty, so not read
        if period is not None and not is_asked:
            section.fault("every", "no every: files are looked for when their source is collected")
        return None
    length = _UNHURRIED if period is None else period.length
    if length is None or not _FASTEST <= length <= _SLOWEST:
        section.fault("every", "between 1 second and 1 day")
        return None
    return length


def _nulls(section: Section) -> tuple[str, ...]:
    nulls = section.texts("nulls")
    return ("",) if nulls is None else nulls


def _max_carry(section: Section, entity: str) -> timedelta | None:
    period = section.period("max_carry")
    if period is None:
        return None
    if entity != "probes":
        section.fault("max_carry", "no max_carry: only states of probes are carried")
    if period.length is None or period.length > _LONGEST_CARRY:
        section.fault("max_carry", "at most 7 days")
        return None
    return period.length


def _complete_to(section: Section) -> Period | None:
    unit = section.choice("complete_to", _COMPLETE_TO)
    if unit is None or unit == "event":
        return None
    count, name = unit.split()
    return Period(int(count), name.removesuffix("s"))
