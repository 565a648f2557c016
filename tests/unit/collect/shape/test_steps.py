"""Reading `shape`: steps in order, and every fault with what was expected."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from anfl_assets.collect.feeds import load_feeds
from anfl_assets.errors import FeedError

FEED = r"""
entity: events
files: "*.csv"
shape: {shape}
columns: {{occurred_at: day, user_id: zones.name, event_name: n}}
"""


def _read(declared: Callable[[str], Path], shape: str) -> tuple[str, ...]:
    return load_feeds(declared(FEED.format(shape=shape)), {}).feeds[0].read


def test_a_source_needs_only_the_columns_that_no_step_makes(
    declared: Callable[[str], Path],
) -> None:
    steps = (
        "[{path: '(?<year>\\d+)'}, {join: {day: '{year}-{month}'}}, "
        "{unpivot: {n: '^(?<what>.)$'}}, {explode: {column: zones}}]"
    )
    assert _read(declared, steps) == ("zones", "month")


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ("[{melt: {}}]", "one step: path, join, unpivot, explode"),
        ("[{path: 'a(b'}]", "a regular expression with named groups"),
        ("[{path: 'a(b)'}]", "a regular expression with named groups"),
        ("[{join: {day: 'nothing'}}]", "a text with names of columns in braces"),
        ("[{join: {day: '{a}{'}}]", "a text with names of columns in braces"),
        ("[{join: 7}]", "a mapping of keys to values"),
        ("[{unpivot: {}}]", "column to make: regular expression"),
        ("[{unpivot: {n: abc}}]", "a regular expression with named groups"),
        ("[{unpivot: {n: '(?<a>.)', m: '(?<b>.)'}}]", "the named groups of the first: a"),
        ("[{unpivot: {n: '(?<n>.)'}}]", "groups that are not named as a measure is"),
        ("[{explode: {}}]", "the column that holds the list"),
        ("[{explode: {column: a, separator: ';', key: b}}]", "only JSON objects have keys"),
        ("[{explode: {column: a, seperator: ';'}}]", "did you mean 'separator'?"),
    ],
)
def test_a_step_that_cannot_be_read_says_what_was_expected(
    declared: Callable[[str], Path], shape: str, expected: str
) -> None:
    with pytest.raises(FeedError) as raised:
        _read(declared, shape)
    assert expected in str(raised.value)
