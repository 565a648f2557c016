"""What a feed asks of Prometheus: queries, a histogram, and the grid of times they are asked at.

Types and their reading from YAML; nothing is asked here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from anfl_assets.collect.columns.units import factors
from anfl_assets.config.section import Section
from anfl_assets.frames import TABLES, Column

TIME, WINDOW_START = "time", "window_start"
MOST_POINTS = 1000  # of one series in one answer; Prometheus itself refuses more than 11,000
_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_LONGEST_STEP = timedelta(days=1)
_MOST_LAG = 5 * MOST_POINTS
_WHOLE_SUMS = ("sum", "difference")
_UNITS = factors(next(column for column in TABLES["requests"].columns if column.unit == "ms"))


@dataclass(frozen=True)
class Query:
    """An instant-vector expression that fills one column.

    `absent` is the value of a point that this query lacks and another one has: no series of
    failures means none failed. `is_count`: rounded to whole numbers, for `increase` extrapolates.
    """

    name: str
    promql: str
    absent: float | None = None
    is_count: bool = False


@dataclass(frozen=True)
class Histogram:
    """An expression over `le` that fills `NAME_buckets` and `NAME_counts`."""

    name: str
    promql: str
    ms_per_unit: float

    @property
    def columns(self) -> tuple[str, str]:
        """Log buckets and the counts in them."""
        return f"{self.name}_buckets", f"{self.name}_counts"


@dataclass(frozen=True)
class Grid:
    """Times a step apart, whole multiples of it since 1970; all lengths in seconds.

    `start_s` is how far back the first pull asks, `lag_s` how long a point may still change.
    """

    step_s: int
    start_s: int
    lag_s: int

    def at_or_before(self, moment: float) -> int:
        """Return the last time of the grid that is not after the moment."""
        return int(moment // self.step_s) * self.step_s


@dataclass(frozen=True)
class Queries:
    """All that is asked at each time of the grid; rows are told apart by the labels `by`."""

    by: tuple[str, ...]
    read: tuple[Query, ...]
    histogram: Histogram | None
    grid: Grid

    @property
    def asked(self) -> tuple[Query | Histogram, ...]:
        """Everything that is asked, in order."""
        lists = () if self.histogram is None else (self.histogram,)
        return (*self.read, *lists)

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the rows, in order."""
        lists = () if self.histogram is None else self.histogram.columns
        return (TIME, WINDOW_START, *self.by, *(query.name for query in self.read), *lists)


def read_queries(section: Section, feed: Section) -> Queries | None:
    """Return the queries of a `prometheus` section, None where it is at fault."""
    faults = len(section.faults)
    read = tuple(_read(section, _counts(feed)))
    histogram = _histogram(section)
    if not read and histogram is None and len(section.faults) == faults:
        section.fault("read", "column to query, such as {requests: sum(increase(x[1m]))}")
    queries = Queries(section.texts("by") or (), read, histogram, _grid(section))
    for label in queries.by:
        if not _LABEL.fullmatch(label):
            section.fault("by", "labels, such as [service]", repr(label))
    twice = {name for name in queries.columns if queries.columns.count(name) > 1}
    if twice:
        expected = f"names that stand once, and neither `{TIME}` nor `{WINDOW_START}`"
        section.fault("read", expected, ", ".join(sorted(twice)))
    return queries if len(section.faults) == faults else None


def _read(section: Section, counts: frozenset[str]) -> Iterator[Query]:
    read = section.section("read")
    if read is None:
        return
    for name, said in read.content.items():
        inner = read.section(name) if isinstance(said, Mapping) else None
        if inner is None:
            promql, absent = read.text(name), None
        else:
            inner.only(("query", "absent"))
            promql, absent = inner.text("query"), _number(inner, "absent")
        if promql:
            yield Query(name, promql.strip(), absent, name in counts)
        else:
            read.fault(name, "a PromQL query, or {query: …, absent: 0}")


def _number(section: Section, name: str) -> float | None:
    value = section.content.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        section.fault(name, "a number")
        return None
    return float(value)


def _histogram(section: Section) -> Histogram | None:
    inner = section.section("histogram")
    if inner is None:
        return None
    names = [name for name in inner.content if name != "unit"]
    unit = inner.text("unit") or "s"
    if unit not in _UNITS:
        inner.fault("unit", f"the unit of `le`: one of {', '.join(_UNITS)}")
        return None
    promql = inner.text(names[0]) if len(names) == 1 else None
    if not promql:
        inner.fault("", "one name with its query, such as {latency: 'sum by (le) (…)', unit: s}")
        return None
    return Histogram(names[0], promql.strip(), _UNITS[unit])


def _grid(section: Section) -> Grid:
    step = _seconds(section, "step", timedelta(minutes=1))
    if not 1 <= step <= _LONGEST_STEP.total_seconds():
        section.fault("step", "between 1 second and 1 day")
        step = 1
    start = _seconds(section, "start", timedelta(hours=1))
    lag = _seconds(section, "lag", timedelta(seconds=step))
    if lag > _MOST_LAG * step:
        section.fault("lag", f"at most {_MOST_LAG} steps")
    return Grid(step, start, lag)


def _seconds(section: Section, name: str, default: timedelta) -> int:
    period = section.period(name)
    length = default if period is None else period.length
    if length is None:
        section.fault(name, "a length in seconds, minutes, hours, days or weeks")
        return int(default.total_seconds())
    return int(length.total_seconds())


def _counts(feed: Section) -> frozenset[str]:
    """Return the source columns that a column of whole numbers reads as they are."""
    table, columns = TABLES.get(str(feed.content.get("entity"))), feed.content.get("columns")
    if table is None or not isinstance(columns, Mapping):
        return frozenset()
    whole = [column for column in table.columns if column.dtype.is_integer()]
    return frozenset(name for column in whole for name in _named(columns, column))


def _named(columns: Mapping[object, object], column: Column) -> list[str]:
    said = columns.get(column.name)
    if isinstance(said, str):
        return [said]
    if not isinstance(said, Mapping):
        return []
    terms = [said.get("from"), *(term for key in _WHOLE_SUMS for term in said.get(key) or ())]
    return [term for term in terms if isinstance(term, str)]
