"""What an address of a metric's page asks for, and what it is told where it asks for nonsense."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import QueryParams

from anfl_assets.catalog import load_catalog
from anfl_assets.pages.metric.asked import (
    Asked,
    asked,
    asked_metric,
    check_grain,
    check_subjects,
)
from anfl_assets.pages.refusals import PageError

CATALOG = load_catalog()
LATENCY = CATALOG.metrics["inference_latency"]
HOSTILE = "<script>alert(1)</script>&\"' ; drop%2F/ datum.x\n\N{RIGHT-TO-LEFT OVERRIDE}x"


def test_an_address_says_subjects_stretch_and_windows() -> None:
    given_ = asked(LATENCY, QueryParams("subject=chat&subject=a%2Fb&range=7d&grain=hour"))
    assert given_ == Asked(LATENCY, ("chat", "a/b"), "7d", "hour")


def test_an_address_without_parameters_asks_for_what_suits() -> None:
    assert asked(LATENCY, QueryParams("")) == Asked(LATENCY, (), "24h")
    assert asked(LATENCY, QueryParams("subject=&range=&grain=")) == Asked(LATENCY, (), "24h")


def test_what_is_asked_for_comes_back_as_an_address() -> None:
    shown = Asked(LATENCY, ("chat",), "7d", "hour", as_of="2026-09-01")
    assert shown.address() == (
        "/metrics/inference_latency?subject=chat&range=7d&grain=hour&as_of=2026-09-01"
    )
    assert shown.address(range="90d", grain=None) == (
        "/metrics/inference_latency?subject=chat&range=90d&as_of=2026-09-01"
    )
    assert Asked(LATENCY, range_name="24h").address("/chart.json") == (
        "/metrics/inference_latency/chart.json"
    )


def test_a_stretch_of_its_own_stands_in_the_place_of_a_range() -> None:
    own = asked(LATENCY, QueryParams("from=2026-11-01&to=2026-11-02T06:00%2B02:00"))
    assert own.is_own_stretch
    assert (own.since, own.until) == (
        datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 2, 4, tzinfo=UTC),
    )  # fmt: skip
    assert own.address() == (
        "/metrics/inference_latency?from=2026-11-01T00%3A00%3A00Z&to=2026-11-02T04%3A00%3A00Z"
    )


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("range=5y", "range='5y'; expected one of 24h, 7d, 30d, 90d, 1y, all"),
        ("from=2026-11-02&to=2026-11-01", "is not before to 2026-11-01T00:00:00Z"),
        ("from=yesterday", "'yesterday' is no date or time"),
        ("to=0001-01-01", "outside the years 1900 to 2199"),
        ("&".join(f"subject={n}" for n in range(51)), "51 subjects; expected at most 50"),
    ],
)
def test_nonsense_is_told_with_what_was_expected(query: str, told: str) -> None:
    with pytest.raises(PageError, match=told.replace("(", r"\(")) as refused:
        asked(LATENCY, QueryParams(query))
    assert refused.value.status_code == 400


def test_an_alias_names_its_metric() -> None:
    assert asked_metric(CATALOG, "latency") is LATENCY


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("inference_latenzy", "did you mean 'inference_latency'"),
        ("efficiency", "names several metrics"),
        ("x" * 5_000, "no metric is called"),
    ],
)
def test_a_name_that_is_no_metric_is_not_found(name: str, told: str) -> None:
    with pytest.raises(PageError, match=told) as refused:
        asked_metric(CATALOG, name)
    assert refused.value.status_code == 404
    assert len(str(refused.value)) <= 400


def test_an_unknown_subject_is_told_the_nearest_or_those_there_are() -> None:
    known = ["chat-completion", "embeddings"]
    with pytest.raises(PageError, match="did you mean 'chat-completion'"):
        check_subjects(Asked(LATENCY, ("chat-completions",)), known)
    with pytest.raises(PageError, match="it has chat-completion, embeddings"):
        check_subjects(Asked(LATENCY, ("zzz",)), known)
    with pytest.raises(PageError, match="it has none"):
        check_subjects(Asked(LATENCY, ("zzz",)), [])


def test_windows_of_a_length_that_a_metric_has_not_are_told_those_it_has() -> None:
    with pytest.raises(PageError, match="it has 5 minutes, hour"):
        check_grain(Asked(LATENCY, grain="century"), ["5 minutes", "hour"])
    check_grain(Asked(LATENCY, grain="hour"), ["5 minutes", "hour"])


@given(st.text(max_size=200))
def test_whatever_a_subject_is_called_its_address_leads_back_to_it(name: str) -> None:
    name = name.encode("utf-8", "replace").decode()
    address = Asked(LATENCY, (name,) if name else ()).address()
    path, _, query = address.partition("?")
    assert path == "/metrics/inference_latency"
    assert asked(LATENCY, QueryParams(query)).subjects == ((name,) if name else ())


def test_a_hostile_name_is_inert_in_an_address() -> None:
    address = Asked(LATENCY, (HOSTILE,)).address("/rows")
    assert not set(address) & set("<>\"' ;\n\N{RIGHT-TO-LEFT OVERRIDE}")
