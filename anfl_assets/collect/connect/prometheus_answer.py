"""Prometheus' answer to a range query, checked and read into points.

A value that is no finite number is no value. An answer that does not have the API's form is an
error, whatever it holds.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from anfl_assets.collect.connect.http import one_line
from anfl_assets.errors import SourceError

LE = "le"
_MOST_WARNINGS = 5


@dataclass(frozen=True)
class Series:
    """One series: its labels and its value by time, seconds since 1970; not finite: null."""

    labels: Mapping[str, str]
    points: Mapping[int, float | None]


@dataclass(frozen=True)
class Matrix:
    """All series of an answer, and what the server says beside them."""

    series: tuple[Series, ...]
    warnings: tuple[str, ...]


def read_matrix(text: str) -> Matrix:
    """Return the series of an answer.

    Raises:
        SourceError: not the JSON of Prometheus' API, or native histograms.

    """
    try:
        answer = json.loads(text)
        if answer["status"] != "success":
            msg = f"the query failed: {one_line(str(answer.get('error')))}"
            raise SourceError(msg)
        kind, found = answer["data"]["resultType"], answer["data"]["result"]
        if kind != "matrix":
            msg = f"the query gives a {one_line(str(kind))}; expected series over time"
            raise SourceError(msg)
        series = tuple(_series(item) for item in found)
        told = answer.get("warnings") or ()
        return Matrix(series, tuple(one_line(str(item)) for item in told[:_MOST_WARNINGS]))
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        OverflowError,
        RecursionError,
    ) as error:
        shown = "an HTML page" if text.lstrip()[:1] == "<" else one_line(text[:80]) or "nothing"
        msg = f"no answer of Prometheus' HTTP API: {shown}; is the address right?"
        raise SourceError(msg) from error


def _series(item: dict[str, Any]) -> Series:
    labels: dict[str, str] = item["metric"]
    if "histograms" in item:
        msg = "the query gives native histograms; ask for numbers, as histogram_quantile() does"
        raise SourceError(msg)
    points = {round(at): _finite(value) for at, value in item["values"]}
    return Series({str(name): str(value) for name, value in labels.items()}, points)


def _finite(text: str) -> float | None:
    value = float(text)
    return value if math.isfinite(value) else None


def keyed(
    series: tuple[Series, ...], by: tuple[str, ...]
) -> Iterator[tuple[tuple[str | None, ...], Series]]:
    """Yield each series with its values of the labels `by`; an absent label is null.

    Raises:
        SourceError: two series have the same values, or none has any of the labels.

    """
    if series and by and not any(label in one.labels for one in series for label in by):
        labels = ", ".join(label for label in by if label != LE) or LE
        msg = f"no series of the query has a label of {labels}: aggregate, sum by ({labels}) (…)"
        raise SourceError(msg)
    seen: set[tuple[str | None, ...]] = set()
    for one in series:
        key = tuple(one.labels.get(label) or None for label in by)
        if key in seen:
            named = ", ".join(f"{label}={value}" for label, value in zip(by, key, strict=True))
            msg = (
                f"more than one series for {one_line(named) or 'the whole'}: "
                f"aggregate, such as sum by ({', '.join(by)}) (…)"
            )
            raise SourceError(msg)
        seen.add(key)
        yield key, one
