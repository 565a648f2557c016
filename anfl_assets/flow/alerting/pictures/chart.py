"""The picture in a message: the metric before and during the incident, as a PNG.

What the picture is of; how it is drawn is the chart package's, which windows are drawn is
`series.py`'s work. A mail's ground may be dark, so the picture brings its own, which is light.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from anfl_assets.chart.history import history
from anfl_assets.chart.image import png
from anfl_assets.chart.types import Limits, Line, Mark, Point, Spec

# As wide as a mail's text column.
WIDTH, HEIGHT = 520, 200


@dataclass(frozen=True)
class Picture:
    """What is drawn: one subject of one metric, oldest window first, all in `unit`.

    `wrong_since` is when it began to be wrong, None where that is not known.
    """

    title: str
    subtitle: str
    unit: str
    points: Sequence[Point]
    target: float
    threshold: float
    wrong_since: datetime | None = None


def draw(picture: Picture) -> bytes:
    """Return the picture as a PNG."""
    spec = history(
        [Line(picture.title, picture.points)],
        limits=Limits(picture.target, picture.threshold, picture.unit),
        marks=_wrong(picture),
        unit=picture.unit,
        look="light",
        title=picture.title,
        subtitle=picture.subtitle,
        width=WIDTH,
        height=HEIGHT,
    )
    return on_white(spec)


def on_white(spec: Spec) -> bytes:
    """Return a chart of the light look as a PNG that can be read on any ground."""
    return png({**spec, "background": "white"})


def _wrong(picture: Picture) -> list[Mark]:
    if picture.wrong_since is None:
        return []
    return [Mark("incident", picture.wrong_since, None, "")]
