"""Bucket counters of a window into the lake's log histogram."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from math import inf
from typing import Any

import polars as pl
import pytest

from anfl_assets.collect.batch import LINE, Batch, unsplit_frame
from anfl_assets.collect.collected import Collected
from anfl_assets.collect.columns.expressions import Constant, Read
from anfl_assets.collect.convert.histogram import log_bucket
from anfl_assets.collect.feed import Format
from anfl_assets.collect.formats.samples import Samples
from anfl_assets.collect.formats.selectors import Matcher, Operator, Selector
from anfl_assets.collect.shape.histogram import Histogram
from anfl_assets.collect.shape.rate import Rate
from anfl_assets.collect.shape.step import Origin, Step
from anfl_assets.collect.shape.steps import read_shape
from anfl_assets.config.expand import Environment
from anfl_assets.config.section import Section

STEP = Histogram({0.1: "fast", 0.2: "slow", inf: "all"}, 1000.0)


def applied(*rows: tuple[str | None, ...]) -> Batch:
    frame = pl.DataFrame(
        rows, schema=dict.fromkeys(("fast", "slow", "all"), pl.String), orient="row"
    )
    lines = pl.Series(LINE, range(1, frame.height + 1), pl.Int64)
    return STEP.apply(Batch(frame.with_columns(lines), unsplit_frame([])), Origin("f"))


def test_counts_below_bounds_become_counts_of_log_buckets() -> None:
    (row,) = applied(("0", "100", "103")).rows.to_dicts()

    buckets, counts = json.loads(row["latency_buckets"]), json.loads(row["latency_counts"])
    assert sum(counts) == 103
    assert (buckets[0], buckets[-1]) == (log_bucket(100), log_bucket(200))
    assert counts[-1] >= 3


def test_a_window_without_requests_has_an_empty_histogram() -> None:
    (row,) = applied(("0", "0", "0")).rows.to_dicts()

    assert (row["latency_buckets"], row["latency_counts"]) == ("[]", "[]")


def test_a_count_below_that_of_a_smaller_bound_is_taken_as_equal() -> None:
    (row,) = applied(("5", "4", "5")).rows.to_dicts()

    assert sum(json.loads(row["latency_counts"])) == 5


def test_a_row_without_one_of_its_counts_is_rejected() -> None:
    batch = applied(("1", None, "2"), ("1", "1.5", "2"), ("1", "2", "2"))

    assert batch.rows[LINE].to_list() == [3]
    assert dict(batch.rejects.select("line", "rule").rows()) == {
        1: "missing_reading",
        2: "not_a_number",
    }


def test_scraped_buckets_become_request_windows(collect: Callable[..., Collected]) -> None:
    text = "".join(
        f'd_bucket{{le="0.1"}} {fast} {at}\nd_bucket{{le="+Inf"}} {every} {at}\n'
        for at, fast, every in ((60, 100, 110), (90, 120, 130), (120, 150, 170), (180, 150, 170))
    )
    asked = {
        name: Selector("d_bucket", (Matcher("le", Operator.IS, bound),))
        for name, bound in (("fast", "0.1"), ("all", "+Inf"))
    }
    minute = timedelta(minutes=1)
    collected = collect(
        text + "# EOF\n",
        name="scrapes.txt",
        entity="request_windows",
        format=Format.OPENMETRICS,
        samples=Samples((), asked),
        shape=(
            Rate(("fast", "all"), Read("time", format="epoch_s"), every=minute),
            Histogram({0.1: "fast", inf: "all"}, 1000.0),
        ),
        columns={
            "window_start_at": Read("window_start"),
            "window_s": Read("window_s"),
            "service": Constant("api"),
            "request_count": Read("all"),
            "error_count": Constant(0),
            "latency_buckets": Read("latency_buckets"),
            "latency_counts": Read("latency_counts"),
        },
    )

    rows = collected.rows.to_dicts()
    assert collected.rejects.is_empty()
    assert [(row["window_s"], row["request_count"]) for row in rows] == [(60.0, 60), (60.0, 0)]
    assert [sum(row["latency_counts"]) for row in rows] == [60, 0]
    assert rows[1]["latency_buckets"] == []


def read(content: dict[str, Any]) -> tuple[tuple[Step, ...], int]:
    section = Section("feeds.yaml", "", {"shape": [{"histogram": content}]})
    return read_shape(section, Environment({})), len(section.faults)


def test_the_grammar() -> None:
    columns = {"+Inf": "all", 0.2: "slow", "0.1": "fast"}

    assert read({"unit": "s", "columns": columns}) == ((STEP,), 0)


@pytest.mark.parametrize(
    "content",
    [
        {"columns": {0.1: "a", "+Inf": "b"}},
        {"unit": "h", "columns": {0.1: "a", "+Inf": "b"}},
        {"unit": "s"},
        {"unit": "s", "columns": {"+Inf": "b"}},
        {"unit": "s", "columns": {0.1: "a"}},
        {"unit": "s", "columns": {0.1: "a", "+Inf": "b", "much": "c"}},
    ],
)
def test_faults_are_noted(content: dict[str, Any]) -> None:
    assert read(content)[1] == 1
