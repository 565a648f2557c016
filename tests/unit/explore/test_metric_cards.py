"""What a metric shows of itself, before anything is built."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

import anfl_assets as anfl
from anfl_assets.catalog import load_catalog
from anfl_assets.errors import UnknownMetric
from anfl_assets.explore.card import card


def test_a_metric_tells_its_definition_in_one_line() -> None:
    assert repr(anfl.metric("inference_latency")) == (
        "<inference_latency: Time to complete model inference; target <50ms, alert threshold "
        "100ms, judged by 5 minutes>"
    )


def test_an_alias_means_its_metric_and_its_fields_are_the_catalogs() -> None:
    metric = anfl.metric("latency")
    found = (metric.metric_id, metric.unit, metric.target, metric.threshold, metric.direction)
    assert found == ("inference_latency", "ms", "<50ms", "100ms", "lower_is_better")
    assert metric.judged_on == ("5 minutes",)
    assert metric.statistic.startswith("95th percentile (nearest rank)")


def test_an_unknown_name_names_the_nearest() -> None:
    with pytest.raises(UnknownMetric, match="no metric is called 'revenu'; did you mean 'revenue'"):
        anfl.metric("revenu")


def test_every_metric_of_the_catalog_is_there_in_its_order() -> None:
    assert [each.metric_id for each in anfl.metrics()] == list(load_catalog().metrics)


def test_a_card_shows_target_and_statistic_as_html() -> None:
    shown = anfl.metric("error_rate")._repr_html_()
    assert "&lt;0.1% (lower is better)" in shown
    assert "failed requests (count) by requests (count)" in shown


def test_a_hostile_description_is_text_on_a_card() -> None:
    metric = replace(load_catalog().metric("revenue"), description="<script>alert(1)</script>")
    assert "<script>" not in card(metric)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in card(metric)


def test_definitions_are_told_inside_a_running_event_loop() -> None:
    async def cell() -> str:
        return anfl.metric("uptime").target

    assert asyncio.run(cell()) == "99.99%"


def test_a_misspelt_function_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'statuses'"):
        anfl.statuses  # type: ignore[attr-defined]  # noqa: B018 - what a person mistypes


def test_tab_completion_sees_what_can_be_called() -> None:
    assert set(anfl.__all__) <= set(dir(anfl))
