"""Target and threshold of a metric on a chart of values over time: two rules with their names."""

from __future__ import annotations

from typing import Literal

from anfl_assets.chart.axes import VALUE
from anfl_assets.chart.theme import Theme
from anfl_assets.chart.types import Limits, Spec
from anfl_assets.wording.numbers import quantity


def limit_rules(
    limits: Limits | None, colours: Theme, *, named_at: Literal["left", "right"] = "right"
) -> list[Spec]:
    """Return both limits' layers; each name stands on the side away from the other."""
    if limits is None:
        return []
    highest = max(limits.target, limits.threshold)
    drawn = []
    for name, value, colour, dash in (
        ("threshold", limits.threshold, colours.threshold, [6, 3]),
        ("target", limits.target, colours.target, [2, 3]),
    ):
        away = (
            {"baseline": "bottom", "dy": -3} if value >= highest else {"baseline": "top", "dy": 4}
        )
        row = {"value": value, "name": f"{name} {quantity(value, limits.unit)}"}
        drawn.append(
            _limit(row, colour, dash, {"colours": colours, "away": {**away, "align": named_at}})
        )
    return drawn


def _limit(row: Spec, colour: str, dash: list[int], side: Spec) -> Spec:
    label = {"type": "text", "fontSize": 11, **side["away"]}
    place = "width" if label["align"] == "right" else 0
    encoding = {"x": {"value": place}, "text": {"field": "name", "type": "nominal"}}
    halo = {"stroke": side["colours"].surface, "strokeWidth": 4, "color": side["colours"].surface}
    return {
        "data": {"values": [row]},
        "encoding": {"y": VALUE},
        "layer": [
            {"mark": {"type": "rule", "color": colour, "strokeDash": dash, "strokeWidth": 1.3}},
            {"mark": {**label, **halo, "strokeJoin": "round"}, "encoding": encoding},
            {"mark": {**label, "color": colour}, "encoding": encoding},
        ],
    }
