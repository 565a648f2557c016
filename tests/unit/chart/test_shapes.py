"""The charts as data: what is drawn of what, and that names stay values."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from anfl_assets.chart.bars import bars
from anfl_assets.chart.history import history, number_format
from anfl_assets.chart.image import still
from anfl_assets.chart.scatter import scatter
from anfl_assets.chart.spark import spark
from anfl_assets.chart.theme import theme
from anfl_assets.chart.types import Bar, Limits, Line, Look, Mark, Pair, Point, Spec

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOSTILE = ["datum.x", "</script><b>", 'x"] + alert(1)', "a\nb", "数据 🙂 \u202e", ""]


def line(subject: str, hours: float = 24) -> Line:
    return Line(subject, [Point(NOON + timedelta(hours=n * hours), 40.0 + n) for n in range(2)])


def chart(*lines: Line, look: Look = "light", limits: Limits | None = None) -> Spec:
    return history(lines, limits=limits, unit="ms", look=look)


def colour(spec: Spec) -> Spec:
    return next(
        layer["encoding"]["color"]
        for layer in spec["layer"]
        if layer.get("encoding", {}).get("color", {}).get("field") == "subject"
    )


def test_one_subject_has_no_legend_and_several_have() -> None:
    assert colour(chart(line("chat")))["legend"] is None
    assert colour(chart(line("chat"), line("search")))["legend"]["values"] == ["chat", "search"]


def test_of_many_subjects_eight_are_coloured_and_the_rest_is_grey() -> None:
    found = colour(chart(*[line(f"team-{n}") for n in range(11)]))
    assert found["legend"]["title"] == "8 of 11 subjects, the others in grey"
    assert len(found["legend"]["values"]) == 8
    assert found["scale"]["range"][8:] == [theme("light").rest] * 3
    assert len(set(found["scale"]["range"][:8])) == 8


def test_both_limits_are_named_with_their_values() -> None:
    spec = chart(line("chat"), limits=Limits(50, 1_234.5, "ms"))
    named = [
        layer["data"]["values"][0]["name"] for layer in spec["layer"] if "values" in str(layer)
        and "name" in str(layer.get("data", {}).get("values"))
    ]  # fmt: skip
    assert named == ["threshold 1,234.5 ms", "target 50 ms"]


@pytest.mark.parametrize(
    ("hours", "shown"),
    [(6, "%H:%M"), (24, "%d %b %H:%M"), (24 * 30, "%d %b"), (24 * 400, "%b %Y")],
)
def test_the_time_axis_is_utc_and_says_as_much_as_its_length_needs(hours: int, shown: str) -> None:
    layer = next(
        layer for layer in chart(line("chat", hours))["layer"] if layer["mark"]["type"] == "line"
    )
    x = layer["encoding"]["x"]
    assert x["axis"]["format"] == shown
    assert x["scale"] == {"type": "utc"}


@pytest.mark.parametrize(
    ("value", "written"), [(1_234.5, ",.1~f"), (99.95, ",.3~f"), (0.0123, ",.4~r")]
)
def test_a_number_has_the_digits_its_size_needs(value: float, written: str) -> None:
    assert number_format([value, 0.0]) == written


def test_a_picture_leaves_out_what_answers_a_mouse() -> None:
    whole = chart(line("chat"))
    assert len(still(whole)["layer"]) == len(whole["layer"]) - 1
    assert still(whole)["width"] == 640


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_stands_nowhere_but_in_values(name: str) -> None:
    """Fields, filters and expressions are the same whatever the names are."""
    assert _skeleton(name) == _skeleton("plain")


def _skeleton(name: str) -> str:
    mark = Mark("deploy", NOON, None, name)
    spec = history(
        [line(name)], limits=None, marks=[mark], unit="ms", look="light", title=f"of {name}"
    )
    whole = [
        spec,
        spark(line(name).points, look="dark"),
        bars([Bar(name, 1.0, name)], unit="ms", look="light"),
        scatter([Pair(NOON, 1.0, 2.0)], axes=("x", "y"), look="light"),
    ]
    return json.dumps([_without_values(each) for each in whole])


def _without_values(part: object) -> object:
    if isinstance(part, dict):
        kept = {key: each for key, each in part.items() if key not in ("values", "domain", "text")}
        return {key: _without_values(each) for key, each in kept.items()}
    return [_without_values(each) for each in part] if isinstance(part, list) else part


def test_light_and_dark_differ_in_colours_only() -> None:
    light, dark = chart(line("chat")), chart(line("chat"), look="dark")
    assert light["data"] == dark["data"]
    assert light["config"] != dark["config"]
