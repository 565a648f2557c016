"""Exposition text: many samples of one scrape become rows, and only numbers become values."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from anfl_assets.collect.collected import Collected
from anfl_assets.collect.columns.expressions import Constant, Read
from anfl_assets.collect.feed import Format
from anfl_assets.collect.formats.samples import By, Samples, read_samples, sample_rows
from anfl_assets.collect.formats.selectors import parse_selector
from anfl_assets.config.section import Section
from anfl_assets.errors import SourceError

Collect = Callable[..., Collected]
SCRAPE = """\
# HELP fs_size_bytes Size.
# TYPE fs_size_bytes gauge
fs_size_bytes{device="a",mount="/",type="ext4"} 1.5e+3
fs_size_bytes{device="b",mount="/data",type="xfs"} 2000
fs_size_bytes{device="c",mount="/run",type="tmpfs"} 5
fs_avail_bytes{device="a",mount="/",type="ext4"} 500
fs_avail_bytes{device="b",mount="/data",type="xfs"} NaN
up 1
"""


def samples(by: str, **read: object) -> Samples:
    faults: list[object] = []
    content = {"samples": {"by": by.split(), "read": read}}
    found = read_samples(Section("feeds.yaml", "", content, faults))  # type: ignore[arg-type]
    assert not faults
    assert found is not None
    return found


def rows(text: str, by: str, **read: object) -> list[tuple[str | None, ...]]:
    return sample_rows(text, samples(by, **read)).rows()


def test_each_combination_of_labels_is_a_row_with_a_column_for_each_selector() -> None:
    asked = samples(
        "device mount", size='fs_size_bytes{type!="tmpfs"}', avail='fs_avail_bytes{type!="tmpfs"}'
    )
    frame = sample_rows(SCRAPE, asked)

    assert frame.columns == list(asked.columns) == ["device", "mount", "time", "size", "avail"]
    assert frame.rows() == [("a", "/", None, "1500", "500"), ("b", "/data", None, "2000", None)]


def test_samples_of_one_combination_add_up() -> None:
    assert rows(SCRAPE, "", size='fs_size_bytes{type=~"ext4|xfs"}') == [(None, "3500")]


@pytest.mark.parametrize(
    ("matchers", "found"),
    [
        ('type="xfs"', ["b"]),
        ('type=~"x.*"', ["b"]),
        ('type=~"x"', []),
        ('type!~".*fs",', ["a"]),
        ('other=""', ["a", "b", "c"]),
        ('device!="a", mount=~"/.+"', ["b", "c"]),
    ],
)
def test_matchers_are_those_of_promql(matchers: str, found: list[str]) -> None:
    got = rows(SCRAPE, "device", size=f"fs_size_bytes{{{matchers}}}")

    assert [device for device, *_ in got] == found


def test_a_sample_without_a_label_is_not_asked_for_unless_the_label_is_optional() -> None:
    assert rows(SCRAPE, "device", up="up") == []
    assert rows(SCRAPE, "device?", up="up") == [(None, None, "1")]


@pytest.mark.parametrize("value", ["NaN", "+Inf", "-Inf", "nan", "inf"])
def test_what_is_not_finite_is_never_a_value_also_not_in_a_sum(value: str) -> None:
    text = f'a{{x="1"}} 5\na{{x="2"}} {value}\n'

    assert rows(text, "", a="a") == [(None, None)]


def test_a_counter_that_is_not_there_yet_may_count_as_zero() -> None:
    text = 'n{zone="a",code="200"} 7\nn{zone="b",code="500"} NaN\nn{zone="b",code="200"} 1\n'
    failed = {"metric": 'n{code=~"5.."}', "absent": 0}

    assert rows(text, "zone", all="n", failed=failed) == [
        ("a", None, "7", "0"),
        ("b", None, None, None),
    ]


def test_prometheus_writes_milliseconds_and_openmetrics_seconds() -> None:
    assert rows("a 1 1700000000500\n", "", a="a") == [("1700000000.5", "1")]
    assert rows("a 1 1700000000.5\n# EOF\n", "", a="a") == [("1700000000.5", "1")]


def test_points_of_several_times_are_rows_of_their_own() -> None:
    text = "a 1 1700000000\na 2 1700000060\n# EOF\n"

    assert rows(text, "", a="a") == [("1700000000", "1"), ("1700000060", "2")]


def test_labels_mean_what_the_clients_own_writer_wrote() -> None:
    registry = CollectorRegistry()
    odd = 'a "quoted", {braced}\\\nname'
    Gauge("odd", "Odd.", ["name", "zone"], registry=registry).labels(odd, "").set(0.1)
    text = generate_latest(registry).decode()

    assert rows(text, "name zone", odd="odd") == [(odd, "", None, "0.1")]
    assert rows(text, "name", odd=r'odd{name=~"a \"quoted\".*\n.*"}') == [(odd, None, "0.1")]


def test_an_exemplar_is_no_part_of_its_sample() -> None:
    text = 'a_bucket{le="1.0"} 8 1.5e9 # {trace_id="K"} 0.67 1520879607.7\n# EOF\n'

    assert rows(text, "le", a="a_bucket") == [("1.0", "1500000000", "8")]


@pytest.mark.parametrize(
    "garbage", ["<html>", 'a{x="1} 2', "a", "a one", 'a{x="1"} 2 3 4', "{} 1", "a{x=1} 2"]
)
def test_garbage_is_named_wherever_it_stands(garbage: str) -> None:
    with pytest.raises(SourceError, match="no metrics exposition"):
        rows(f"up 1\n{garbage}\n", "", up="up")


def test_a_series_that_stands_twice_is_refused_instead_of_added() -> None:
    with pytest.raises(SourceError, match="stands twice"):
        rows('a{x="1",y="2"} 1\na{y="2",x="1"} 1\n', "", a="a")


@pytest.mark.parametrize(
    "content",
    [
        {"by": ["a"]},
        {"by": ["a"], "read": {"x": "not a selector"}},
        {"by": ["a"], "read": {"x": 'a{b=~"("}'}},
        {"by": ["a"], "read": {"a": "up"}},
        {"by": ["a-b"], "read": {"x": "up"}},
        {"by": ["a"], "read": {"time": "up"}},
        {"by": ["a"], "read": {"x": {"metric": "up", "absent": "none"}}},
        {"by": ["a"], "read": {"x": {"metric": "up", "absant": 0}}},
        {"by": ["a"], "read": {"x": {"absent": 0}}},
        {"by": ["a"], "read": {"x": None}},
        {"by": ["a"], "read": {"x": "up"}, "red": 1},
    ],
)
def test_faults_are_noted(content: dict[str, object]) -> None:
    section = Section("feeds.yaml", "feeds.x", {"samples": content})
    read_samples(section)

    assert len(section.faults) == 1
    assert section.faults[0].key.startswith("feeds.x.samples")


def test_no_samples_are_no_fault() -> None:
    section = Section("feeds.yaml", "", {})

    assert read_samples(section) is None
    assert not section.faults


def test_a_selector_is_read_whole_or_not_at_all() -> None:
    assert parse_selector('up{a="b",}') == parse_selector(' up { a = "b" } ')
    assert parse_selector("up{a}") is None
    assert parse_selector('up{a="b" c="d"}') is None


def test_a_file_of_samples_becomes_resources(collect: Collect) -> None:
    asked = Samples(
        (By("mount"),),
        {name: found for name in ("fs_size_bytes",) if (found := parse_selector(name))},
    )
    columns = {
        "observed_at": Read("time", format="epoch_s"),
        "host": Constant("node"),
        "resource": Read("mount"),
        "utilization_pct": Read("fs_size_bytes"),
    }
    text = 'fs_size_bytes{mount="/"} 40 1700000000000\n'
    declared = {"entity": "resources", "columns": columns, "format": Format.OPENMETRICS}

    collected = collect(text, "scrape.prom", samples=asked, **declared)
    assert collected.rows["utilization_pct"].to_list() == [40.0]
    with pytest.raises(SourceError, match=r"scrape\.prom: no metrics exposition"):
        collect("<html>", "scrape.prom", samples=asked, **declared)
