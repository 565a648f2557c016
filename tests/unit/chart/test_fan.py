"""The fan as data: what is drawn of what was observed and of what is forecast, and what it says."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from anfl_assets.chart.fan import fan_chart
from anfl_assets.chart.image import still, svg, vega
from anfl_assets.chart.theme import theme
from anfl_assets.chart.types import Ahead, Fan, Limits, Look, Meeting, Point, Spec

ORIGIN = datetime(2026, 11, 22, tzinfo=UTC)
HOSTILE = "</script><img src=x onerror=alert(1)>"
LIMITS = Limits(80, 90, "%")


def day(lead: int) -> datetime:
    return ORIGIN + timedelta(days=lead)


def known(*values: float | None) -> list[Point]:
    return [Point(day(n + 1 - len(values)), value) for n, value in enumerate(values)]


def to_come(lead: int) -> Ahead:
    mean = 70.0 + lead
    return Ahead(day(lead), mean, mean - 2, mean + 2, mean - 5, mean + 5)


def fan(past: Sequence[float | None] = (68.0, None, 70.0), text: str = "even odds 24 Nov") -> Fan:
    return Fan(known(*past), [to_come(1), to_come(2)], [Meeting(day(2), 90, text)])


def drawn(of: Fan, look: Look = "light") -> Spec:
    return fan_chart(of, limits=LIMITS, unit="pct", look=look)


def dataset(spec: Any, name: str) -> list[dict[str, Any]]:  # noqa: ANN401 - any part of a spec
    """Find the first dataset of a name, however deep."""
    parts = spec.values() if isinstance(spec, dict) else spec if isinstance(spec, list) else ()
    if isinstance(spec, dict) and spec.get("data", {}).get("name") == name:
        found: list[dict[str, Any]] = spec["data"]["values"]
        return found
    return next((rows for part in parts if (rows := dataset(part, name))), [])


def test_the_bands_begin_as_narrow_as_the_newest_known_value() -> None:
    first, *days = dataset(drawn(fan()), "ahead")
    assert [first[end] for end in ("value", "lower_80", "upper_80", "lower_95", "upper_95")] == (
        [70.0] * 5
    )
    assert first["is_origin"]
    assert [(row["value"], row["lower_95"], row["upper_80"]) for row in days] == [
        (71.0, 66.0, 73.0),
        (72.0, 67.0, 74.0),
    ]
    assert not any(row["is_origin"] for row in days)


def test_a_day_without_a_value_is_a_gap_of_what_was_observed() -> None:
    assert [row["value"] for row in dataset(drawn(fan()), "points")] == [68.0, None, 70.0]


def test_nothing_known_has_no_origin_and_nothing_ahead_no_band() -> None:
    assert len(dataset(drawn(fan(past=())), "ahead")) == 2
    assert dataset(drawn(Fan(known(1.0), [])), "ahead") == []
    assert drawn(Fan([], []))["description"].startswith("Target 80 %")


def test_it_says_in_words_what_it_shows() -> None:
    assert drawn(fan())["description"] == (
        "Last observed 70 % on 2026-11-22. Expected 72 % on 2026-11-24, with 80 % between 70 % and "
        "74 %. Target 80 %, threshold 90 %. even odds 24 Nov: 2026-11-24."
    )


@pytest.mark.parametrize("look", ["light", "dark"])
def test_both_grounds_have_their_own_bands(look: Look) -> None:
    told = json.dumps(drawn(fan(), look))
    other: Look = "dark" if look == "light" else "light"
    assert theme(look).band_80 in told
    assert theme(look).band_95 in told
    assert theme(other).band_80 not in told


def test_a_picture_of_it_says_limits_crossing_and_legend_as_text_and_is_inert() -> None:
    document = svg(drawn(fan(text=HOSTILE)))
    texts = ["".join(each.itertext()) for each in ET.fromstring(document).iter()]  # noqa: S314 - ours
    said = "\n".join(texts)
    for text in ("threshold 90 %", "target 80 %", "known up to here", "80 % band", "expected"):
        assert text in said
    assert "</script><img" in said
    assert "<img" not in document


def test_what_answers_a_mouse_is_left_out_of_pictures_and_compiles_for_a_browser() -> None:
    spec = drawn(fan())
    assert "tooltip" not in json.dumps(still(spec))
    assert "tooltip" in json.dumps(vega(spec))
