"""Metrics exposition text (Prometheus, OpenMetrics): many samples of one scrape become rows.

A feed's `samples` says by which labels rows are told apart and which selector fills which column;
the HTTP scrape and files of `format: openmetrics` share it. Lines are checked and searched in one
vectorised pass, and only the samples that are asked for are looked at one by one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import polars as pl

from anfl_assets.collect.formats.selectors import (
    LABEL,
    NAME,
    QUOTED,
    Selector,
    parse_selector,
    unescaped,
)
from anfl_assets.config.section import Section
from anfl_assets.errors import SourceError

TIME = "time"
_LABELS = rf"(?:\s*{LABEL}\s*=\s*{QUOTED}\s*,?)*\s*"
_NUMBER = r"[-+]?(?:[0-9.]+(?:[eE][-+]?[0-9]+)?|[iI]nf(?:inity)?|[nN]a[nN])"
_SAMPLE = (
    rf"^(?P<name>{NAME})\s*(?:\{{(?P<labels>{_LABELS})\}})?\s*(?P<value>{_NUMBER})"
    r"(?:\s+(?P<time>-?[0-9.]+(?:[eE][-+]?[0-9]+)?))?\s*(?:#.*)?$"
)
_PAIR = re.compile(rf"({LABEL})\s*=\s*({QUOTED})")
_EXACT = 2**53
_SHOWN = 80


@dataclass(frozen=True)
class By:
    """A label that tells rows apart; where it is not optional, samples without it are not asked."""

    label: str
    is_optional: bool = False


@dataclass(frozen=True)
class Samples:
    """What a feed reads of an exposition: rows by labels, a selector for each column."""

    by: tuple[By, ...]
    read: Mapping[str, Selector]

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the rows: the labels, `time`, then what is read."""
        return (*(by.label for by in self.by), TIME, *self.read)


def read_samples(section: Section) -> Samples | None:
    """Return what stands at `samples` of the section; None when absent or at fault.

    `by` lists labels (`"device?"`, in quotes for YAML, may be absent from a sample); `read` maps a
    column to a selector, or to `{metric: SELECTOR, absent: 0}`.
    """
    inner = section.section("samples")
    if inner is None:
        return None
    inner.only(("by", "read"))
    by = tuple(By(text.removesuffix("?"), text.endswith("?")) for text in inner.texts("by") or ())
    for label in by:
        if not re.fullmatch(LABEL, label.label) or label.label == TIME:
            inner.fault("by", 'labels, such as [instance, "device?"]', label.label)
    read = inner.section("read")
    if read is None or not read.content:
        inner.fault("read", "column to selector, such as {size: node_filesystem_size_bytes}")
        return None
    selectors = {name: _selector(read, name) for name in read.content}
    for name in selectors:
        if name == TIME or name in {label.label for label in by}:
            read.fault(name, f"a name that is neither `{TIME}` nor a label of `by`", name)
    found = {name: selector for name, selector in selectors.items() if selector is not None}
    return Samples(by, found) if len(found) == len(selectors) else None


def _selector(read: Section, name: str) -> Selector | None:
    inner = read.section(name) if isinstance(read.content[name], Mapping) else None
    if inner is not None:
        inner.only(("metric", "absent"))
    text = read.text(name) if inner is None else inner.text("metric")
    selector = None if text is None else parse_selector(text)
    if selector is None:
        read.fault(name, 'a metric with label matchers, such as up{job="api", zone!~"test.*"}')
    elif inner is not None and "absent" in inner.content:
        return replace(selector, absent=_absent(inner))
    return selector


def _absent(section: Section) -> str | None:
    value = section.content["absent"]
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        section.fault("absent", "a number, such as 0 for a counter that appears when it counts")
        return None
    return _number(float(value))


def sample_rows(text: str, samples: Samples) -> pl.DataFrame:
    """Return one row for each combination of the `by` labels and time, in order of appearance.

    Columns, all text: the labels (null where an optional one is absent), `time` (seconds since 1970
    as the sample says, null where it does not), then each column of `read`: its samples added up,
    null where one of them is not finite; the selector's `absent` where there is none.

    Raises:
        SourceError: a line is no sample, or a series stands twice.

    """
    sums: dict[tuple[str | None, ...], dict[str, float]] = {}
    for key, column, value in _found(text, samples):
        row = sums.setdefault(key, {})
        row[column] = row.get(column, 0.0) + value
    names = [*(by.label for by in samples.by), TIME]
    rows = [
        (
            *key,
            *(
                _number(row[column]) if column in row else selector.absent
                for column, selector in samples.read.items()
            ),
        )
        for key, row in sums.items()
    ]
    schema = dict.fromkeys([*names, *samples.read], pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row")


def _found(text: str, samples: Samples) -> Iterator[tuple[tuple[str | None, ...], str, float]]:
    """Yield row key, column and value of every sample that is asked for."""
    is_open = text.rstrip().endswith("# EOF")
    wanted: dict[str, list[tuple[str, Selector]]] = {}
    for column, selector in samples.read.items():
        wanted.setdefault(selector.name, []).append((column, selector))
    seen: set[tuple[str, frozenset[tuple[str, str]], str | None]] = set()
    for name, pairs, value, time in _parsed(text, list(wanted)).iter_rows():
        labels = {part[1]: unescaped(part[2][1:-1]) for part in _PAIR.finditer(pairs or "")}
        at = _seconds(time, is_open=is_open)
        series = (name, frozenset(labels.items()), at)
        if series in seen:
            msg = f"the series {name}{{{pairs or ''}}} stands twice"
            raise SourceError(msg)
        seen.add(series)
        if any(by.label not in labels and not by.is_optional for by in samples.by):
            continue
        key = (*(labels.get(by.label) for by in samples.by), at)
        for column, selector in wanted[name]:
            if selector.holds(labels):
                yield key, column, float(value)


def _parsed(text: str, names: list[str]) -> pl.DataFrame:
    """Return name, labels, value, time of the lines whose metric is asked for; check them all."""
    lines = pl.Series("line", text.split("\n")).str.strip_chars()
    lines = lines.filter((lines != "") & ~lines.str.starts_with("#"))
    garbage = lines.filter(~lines.str.contains(_SAMPLE))
    if len(garbage):
        shown = str(garbage[0])[:_SHOWN]
        msg = f"no metrics exposition (Prometheus or OpenMetrics text): {shown!r} is no sample"
        raise SourceError(msg)
    asked = lines.filter(lines.str.extract(rf"^({NAME})").is_in(names))
    return asked.str.extract_groups(_SAMPLE).struct.unnest()


def _seconds(time: str | None, *, is_open: bool) -> str | None:
    """Return a timestamp in seconds: OpenMetrics writes seconds, Prometheus milliseconds."""
    if time is None:
        return None
    return _number(float(time) if is_open else float(time) / 1000)


def _number(value: float) -> str | None:
    if not math.isfinite(value):
        return None
    return str(int(value)) if value.is_integer() and abs(value) < _EXACT else repr(value)
