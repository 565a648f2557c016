"""One feed of `feeds.yaml`: everything but its `columns`, which `columns/` reads."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path, PurePosixPath

from anfl_assets.collect.columns.expressions import Condition
from anfl_assets.collect.columns.read_columns import read_columns
from anfl_assets.collect.columns.reads import is_regex
from anfl_assets.collect.connect.connector import Connector
from anfl_assets.collect.connect.connectors import CONNECTORS, read_connector
from anfl_assets.collect.expand import Environment
from anfl_assets.collect.feed import SUFFIXES, Feed, Format
from anfl_assets.collect.formats.samples import Samples, read_samples
from anfl_assets.collect.formats.unpack import COMPRESSED
from anfl_assets.collect.period import Period
from anfl_assets.collect.shape.steps import read_shape
from anfl_assets.collect.yaml_section import Section, scalar_text
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
_LAST_ASCII = 127
_MOST_HEADER_ROWS = 20
_DAILY = Period(1, "day")
# How often files of a source are expected when the feed does not say.
_EXPECTED = {"customer_feedback": Period(1, "month"), "market_analysis": Period(1, "quarter")}


def read_feed(section: Section, name: str, *, root: Path, env: Environment) -> Feed | None:
    """Return the feed; faults are noted in the section, None when its entity is unknown."""
    section.only((*_KEYS, *CONNECTORS))
    entity = section.choice("entity", tuple(TABLES))
    connector = read_connector(section, env)
    files = tuple(
        env.expanded(section, "files", pattern) for pattern in section.texts("files") or ()
    )
    if not any(key in section.content for key in CONNECTORS):
        _check_files(section, files)
    if entity is None:
        if "entity" not in section.content:
            section.fault("entity", f"one of {', '.join(TABLES)}", "nothing")
        return None
    table = TABLES[entity]
    form = section.choice("format", tuple(Format))
    return Feed(
        name=name,
        entity=entity,
        root=root,
        files=files,
        columns=read_columns(section, table, own=connector.columns if connector else ()),
        expect_every=section.period("expect_every")
        or _EXPECTED.get(table.source, Period(1, "day")),
        is_manual=section.flag("is_manual", default=table.source in _EXPECTED),
        format=Format(form) if form else None,
        delimiter=_delimiter(section),
        encoding=_encoding(section),
        header=section.texts("header") or (),
        header_rows=_header_rows(section),
        records=section.text("records"),
        sheet=section.text("sheet"),
        samples=_samples(section, form),
        nulls=_nulls(section),
        where=tuple(_conditions(section)),
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


def _key(section: Section, connector: Connector | None) -> tuple[str, ...]:
    stated = section.texts("key")
    if stated is None and connector is not None:
        return connector.key
    return stated or ()


def _samples(section: Section, form: str | None) -> Samples | None:
    if form == Format.OPENMETRICS and "samples" not in section.content:
        section.fault("samples", "which samples make a row: {by: [labels], read: {…}}", "nothing")
    if form != Format.OPENMETRICS and "samples" in section.content:
        section.fault("samples", "no samples: only files of `format: openmetrics` are read by them")
    return read_samples(section)


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


def _check_files(section: Section, files: tuple[str, ...]) -> None:
    if not files and not any(fault.key == section.path("files") for fault in section.faults):
        expected = f"a glob or a list of globs, or one of {', '.join(CONNECTORS)}"
        section.fault("files", expected, "nothing")
    for pattern in files:
        parts = PurePosixPath(pattern).parts
        if pattern.startswith("/") or ".." in parts or not parts:
            section.fault("files", "a glob below root, without ..", repr(pattern))
        elif any("**" in part and part != "**" for part in parts):
            section.fault("files", "** as a whole folder name, such as a/**/*.csv", repr(pattern))
        elif "format" not in section.content and not _says_format(pattern):
            section.fault("format", f"one of {', '.join(Format)}", f"nothing, and {pattern!r}")


def _says_format(pattern: str) -> bool:
    """Whether the pattern's suffix names a format, or may match names that do."""
    suffixes = [suffix for suffix in PurePosixPath(pattern).suffixes if suffix not in COMPRESSED]
    last = suffixes[-1].lower() if suffixes else ""
    return last in SUFFIXES or any(sign in (last or pattern) for sign in "*?[")


def _delimiter(section: Section) -> str | None:
    delimiter = section.text("delimiter")
    if delimiter is None:
        return None
    if len(delimiter) != 1 or delimiter in '"\r\n' or ord(delimiter) > _LAST_ASCII:
        section.fault("delimiter", "one ASCII character, not a quote")
        return None
    return delimiter


def _header_rows(section: Section) -> int:
    count = section.content.get("header_rows", 1)
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= _MOST_HEADER_ROWS:
        section.fault("header_rows", f"a whole number from 1 to {_MOST_HEADER_ROWS}")
        return 1
    if "header" in section.content and "header_rows" in section.content:
        section.fault("header_rows", "either header or header_rows, not both", "both")
    return count


def _encoding(section: Section) -> str:
    encoding = section.text("encoding") or "utf-8"
    try:
        codecs.getincrementaldecoder(encoding)("strict").decode(b"")
    except (LookupError, TypeError, ValueError, AttributeError):
        section.fault("encoding", "a text encoding such as utf-8, latin-1 or utf-16")
        return "utf-8"
    return encoding


def _nulls(section: Section) -> tuple[str, ...]:
    nulls = section.texts("nulls")
    return ("",) if nulls is None else nulls


def _conditions(section: Section) -> Iterator[Condition]:
    where = section.section("where")
    for column in where.content if where else ():
        if where is None or not isinstance(where.content[column], dict):
            texts = where.texts(column) if where else None
            yield Condition(column, is_in=texts or ("",))
            continue
        inner = where.section(column)
        if inner is not None:
            inner.only(("in", "not", "matches"))
            yield from _condition(inner, column)


def _condition(inner: Section, column: str) -> Iterator[Condition]:
    if not inner.content:
        inner.fault("", "in, not or matches", "nothing")
    if (kept := inner.texts("in")) is not None:
        yield Condition(column, is_in=kept)
    if (dropped := inner.texts("not")) is not None:
        yield Condition(column, is_not=dropped)
    if "matches" in inner.content:
        pattern = scalar_text(inner.content["matches"])
        if not is_regex(pattern):
            inner.fault("matches", "a regular expression (Rust syntax)")
        yield Condition(column, matches=pattern)


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
