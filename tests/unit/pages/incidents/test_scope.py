"""What a silence would cover, and when it is to be looked at twice."""

from __future__ import annotations

from datetime import timedelta
from fnmatch import fnmatchcase
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anfl_assets.alert.policy import Policy
from anfl_assets.pages.incidents.patterns import pattern_of, silence_address
from anfl_assets.pages.incidents.scope import scope, warning
from anfl_assets.store.alerts.records import ConditionKey, Match

DAY = timedelta(days=1)
KNOWN = [("latency", "chat"), ("latency", "search"), ("uptime", "chat"), ("uptime", "search")]
POLICY = cast(
    "Policy", SimpleNamespace(watched={"latency": None, "uptime": None, "freshness": None})
)


def warned(**patterns: str) -> str:
    match = Match(**patterns)
    return warning(match, scope(match, POLICY, known=KNOWN, hidden=[]), DAY)


def test_a_name_that_nothing_has_is_told_with_those_there_are() -> None:
    assert warned(metric="latency", subject="caht") == (
        "Nothing that is watched is called so. There are: chat, search."
    )


@pytest.mark.parametrize("metric", ["*", "freshness"])
def test_our_own_signals_have_subjects_that_no_build_knows(metric: str) -> None:
    assert "called so" not in warned(metric=metric, subject="caht")


@pytest.mark.parametrize(
    "patterns",
    [{"metric": "*"}, {"subject": "*"}, {"metric": "*", "subject": "*"}, {"subject": "*a*"}],
    ids=str,
)
def test_what_hides_nearly_everything_is_told(patterns: dict[str, str]) -> None:
    assert warned(**patterns) == (
        "This is very wide: for 1 d nobody is told of all it covers: 4 of the 4 subjects that are "
        "watched, of 2 metrics; 0 of them are wrong now."
    )


@pytest.mark.parametrize(
    "patterns",
    [
        {"metric": "latency"},
        {"subject": "chat"},
        {"metric": "uptime", "subject": "ch*"},
    ],
    ids=str,
)
def test_what_is_narrow_is_not_doubted(patterns: dict[str, str]) -> None:
    assert warned(**patterns) == ""


def test_a_whole_severity_is_very_wide() -> None:
    assert warned(severity="warning") == (
        "This is very wide: for 1 d nobody is told of what is warning of all it covers: 4 of the 4 "
        "subjects that are watched, of 2 metrics; 0 of them are wrong now."
    )


def test_without_any_build_only_what_means_everything_is_doubted() -> None:
    def doubt(match: Match) -> str:
        return warning(match, scope(match, POLICY, known=[], hidden=[]), DAY)

    assert doubt(Match(subject="caht")) == ""
    assert doubt(Match(metric="*")).startswith("This is very wide")


@given(st.text(max_size=300))
def test_a_subjects_pattern_fits_the_subject_and_can_be_typed(subject: str) -> None:
    pattern = pattern_of(subject)
    assert fnmatchcase(subject, pattern)
    assert pattern.isprintable()


def test_a_silence_of_several_subjects_names_their_metric_alone() -> None:
    keys = [ConditionKey("latency", each, "hour", "breached") for each in ("chat", "se*rch")]
    assert silence_address(3, keys) == "/silences?incident=3&metric=latency#new"
    assert silence_address(None, keys[1:]) == (
        "/silences?metric=latency&subject=se%5B%2A%5Drch#new"
    )
    assert silence_address(3, []) == "/silences?incident=3#new"


def test_a_silence_of_what_is_only_foretold_hides_nothing_that_comes_true() -> None:
    key = ConditionKey("latency", "chat", "day", "forecast")
    told = "/silences?incident=3&metric=latency&subject=chat"
    assert silence_address(3, [key]) == f"{told}&kind=forecast#new"
    assert silence_address(3, [key, key._replace(kind="breached")]) == f"{told}#new"


def test_a_wide_silence_says_what_of_all_it_hides() -> None:
    told = warned(metric="*", severity="warning", kind="no_data")
    assert "nobody is told of what is warning no data of all it covers" in told
