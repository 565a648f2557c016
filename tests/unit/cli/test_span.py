"""Lengths of time as people type them."""

from datetime import timedelta

import click
import pytest

from anfl_assets.cli.span import Span


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("2h", timedelta(hours=2)),
        ("90m", timedelta(minutes=90)),
        ("1d12h", timedelta(hours=36)),
        ("2 hours", timedelta(hours=2)),
        (" 30 Min ", timedelta(minutes=30)),
        ("45s", timedelta(seconds=45)),
        ("4w", timedelta(days=28)),
    ],
)
def test_a_length_of_time_is_read_as_it_is_meant(text: str, span: timedelta) -> None:
    assert Span().convert(text, None, None) == span


@pytest.mark.parametrize(
    "text",
    ["", "2", "h", "2x", "-2h", "2h!", "0h", "1.5h", "2 h h", "999999999999h", "2h9"],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="no length of time"):
        Span().convert(text, None, None)


def test_what_is_too_long_is_said_so() -> None:
    with pytest.raises(click.BadParameter, match="'31d' is longer than 30 days"):
        Span(timedelta(days=30)).convert("31d", None, None)
    with pytest.raises(click.BadParameter, match="is longer than"):
        Span().convert("999999999w", None, None)
