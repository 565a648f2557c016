"""What happened, on the time axis: shaded stretches, and rules with their names at the top.

Incidents are red, maintenance is grey; deploys and changes of a definition are moments.
"""

from __future__ import annotations

from anfl_assets.chart.theme import TIME_IN_FULL, Theme
from anfl_assets.chart.types import Row, Spec

_TOLD = [
    {"field": "kind", "type": "nominal", "title": "what"},
    {"field": "text", "type": "nominal", "title": "of"},
    {
        "field": "at",
        "type": "temporal",
        "title": "from",
        "format": TIME_IN_FULL,
        "scale": {"type": "utc"},
    },
]

# On the side where there is room for it.
_BESIDE = {
    "align": {"expr": "datum.is_late ? 'right' : 'left'"},
    "dx": {"expr": "datum.is_late ? -3 : 3"},
}


def marked(rows: list[Row], colours: Theme, x: Spec) -> list[Spec]:
    """Return the layers of the dataset `marks`; `x` is the encoding of the time axis."""
    data = {"name": "marks", "values": rows}
    kind = {"test": {"field": "kind", "equal": "incident"}, "value": colours.threshold}
    colour = {"condition": kind, "value": colours.quiet}
    return [
        {
            "data": data,
            "transform": [{"filter": {"field": "shape", "equal": "stretch"}}],
            # Its description would tell the end in the reader's own time zone.
            "mark": {"type": "rect", "opacity": 0.13, "aria": False},
            "encoding": {"x": x, "x2": {"field": "until"}, "color": colour, "tooltip": _TOLD},
        },
        {
            "data": data,
            "transform": [{"filter": {"field": "shape", "equal": "rule"}}],
            "mark": {"type": "rule", "color": colours.quiet, "strokeDash": [1, 3]},
            "encoding": {"x": x, "tooltip": _TOLD},
        },
        {
            "data": data,
            "mark": {"type": "text", "baseline": "top", "fontSize": 10, **_BESIDE},
            "encoding": {
                "x": x,
                "y": {"value": 1},
                "color": colour,
                "text": {"field": "label", "type": "nominal"},
            },
        },
    ]
