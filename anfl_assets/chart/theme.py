"""One theme for every chart: colours, fonts and axes on light and on dark ground.

The palette is Okabe and Ito's (2008), which colour-blind people can tell apart, darkened or
lightened for its ground. Pages and digests take their surface and ink from here too.
"""

from __future__ import annotations

from dataclasses import dataclass

from anfl_assets.chart.types import Look, Spec

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
# What a number on an axis reads like: 1,234.5 and 99.995 alike, without superfluous zeros.
AXIS_NUMBER = ",.6~r"
TIME_IN_FULL = "%Y-%m-%d %H:%M UTC"


@dataclass(frozen=True)
class Theme:
    """The colours of one ground. `surface` is what a chart stands on; the chart has none itself.

    The bands are the palette's first colour, thinned: solid, so that one does not tint the other.
    """

    surface: str
    ink: str
    quiet: str
    grid: str
    rest: str
    target: str
    threshold: str
    band_80: str
    band_95: str
    palette: tuple[str, ...]


_THEMES: dict[Look, Theme] = {
    "light": Theme(
        surface="#ffffff",
        ink="#1c2430",
        quiet="#5b6675",
        grid="#e6e9ee",
        rest="#b4bcc7",
        target="#1b7f3b",
        threshold="#c62828",
        band_80="#b3d2e5",
        band_95="#dbeaf3",
        palette=(
            "#0069a8", "#c65200", "#00825e", "#a8437f", "#a87700", "#2b8fc9", "#6a4fb3", "#6b6b2a",
        ),
    ),
    "dark": Theme(
        surface="#171d26",
        ink="#e8ecf2",
        quiet="#a3aebd",
        grid="#2c3542",
        rest="#566274",
        target="#57c785",
        threshold="#ff7b72",
        band_80="#2c4a63",
        band_95="#213242",
        palette=(
            "#5cb3f0", "#ff9a52", "#3fc79a", "#e691c2", "#e8b83a", "#8fd0ff", "#b39dff", "#c2c26b",
        ),
    ),
}  # fmt: skip


def theme(look: Look) -> Theme:
    """Return the colours on a ground."""
    return _THEMES[look]


def dark_rules(within: str) -> str:
    """Return CSS that turns the light SVGs inside a selector dark: one picture for both grounds."""
    pairs = zip(_colours(_THEMES["light"]), _colours(_THEMES["dark"]), strict=True)
    return "\n".join(
        f'{within} [{part}="{light}"] {{ {part}: {dark}; }}'
        for light, dark in dict(pairs).items()
        for part in ("fill", "stroke")
    )


def _colours(colours: Theme) -> tuple[str, ...]:
    single = (colours.surface, colours.ink, colours.quiet, colours.grid, colours.rest)
    limits = (colours.target, colours.threshold)
    return (*single, *limits, colours.band_80, colours.band_95, *colours.palette)


def config(look: Look) -> Spec:
    """Return the Vega-Lite configuration that every chart has."""
    colours = theme(look)
    return {
        "font": FONT,
        "view": {"stroke": None},
        "axis": {
            "labelColor": colours.quiet,
            "titleColor": colours.quiet,
            "titleFontWeight": "normal",
            "titleFontSize": 11,
            "labelFontSize": 11,
            "gridColor": colours.grid,
            "domainColor": colours.grid,
            "tickColor": colours.grid,
        },
        "legend": {
            "labelColor": colours.ink,
            "titleColor": colours.quiet,
            "titleFontWeight": "normal",
            "titleFontSize": 11,
            "labelFontSize": 11,
            "labelLimit": 180,
            "titleLimit": 400,
        },
        "title": {
            "anchor": "start",
            "color": colours.ink,
            "fontSize": 14,
            "subtitleColor": colours.quiet,
            "subtitleFontSize": 11,
        },
    }
