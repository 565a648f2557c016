"""History and fan as lines for a terminal: observed and expected, bands, limits, dated axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from anfl_assets.cli.forecast.canvas import Canvas, Piece
from anfl_assets.cli.forecast.scale import Days, Heights, days_that_fit, heights, span
from anfl_assets.wording.numbers import quantity

if TYPE_CHECKING:
    from anfl_assets.report.forecasts import ForecastDay

_ROWS = 15
_SHADES: tuple[Piece, Piece] = (("░", "band_95"), ("▒", "band_80"))
THRESHOLD, TARGET, EVEN_ODDS = "═", "┄", "◆"
_LEGEND = "⠤⠒ observed, then expected   ▒ 80 %   ░ 95 %"
_NARROWEST = 20


@dataclass(frozen=True)
class Drawn:
    """What is drawn: the newest known values (None: a gap), the days ahead, limits in `unit`.

    `beyond` is the sign of a crossed threshold; `even_odds` the first day by which having crossed
    it is as likely as not.
    """

    last_day: date
    known: Sequence[float | None]
    ahead: Sequence[ForecastDay]
    unit: str
    target: float
    threshold: float
    beyond: str
    even_odds: date | None


def fan_lines(drawn: Drawn, *, width: int, days: int | None = None) -> list[list[Piece]]:
    """Draw in at most `width` columns, with the `days` newest known ones or as many as fit.

    A column holds one day or, alike throughout, several: the line then shows all of them, a band
    the outermost. Each line is a row of pieces of one role; a reader of a pipe joins their text.
    """
    across, high = _scales(drawn, width, days)
    labels = high.labels()
    margin = _margin(high, drawn.unit)
    sheet = Canvas(columns=across.columns, rows=high.rows)
    _bands(sheet, drawn, across, high)
    _limits(sheet, drawn, high)
    _courses(sheet, drawn, across, high)
    rows: list[list[Piece]] = [
        [(f"{labels.get(row, ''):>{margin}}{'┤' if row in labels else '│'}", "axis"), *pieces]
        for row, pieces in enumerate(sheet.lines())
    ]
    foot = [
        " " * margin + "└" + _axis(across, drawn.even_odds),
        " " * (margin + 1) + _dates(across),
    ]
    lines: list[list[Piece]] = [[(f"{drawn.unit:>{margin}}", "axis")], *rows]
    lines += [[(text, "axis")] for text in foot]
    lines += [[(text, "")] for text in legend(drawn, high, width)]
    return lines


def legend(drawn: Drawn, high: Heights, width: int) -> list[str]:
    """Say what the characters mean, and of a limit far off that it is outside the picture."""
    limits = [
        (THRESHOLD, f"threshold {drawn.beyond} {quantity(drawn.threshold, drawn.unit)}",
         drawn.threshold),
        (TARGET, f"target {quantity(drawn.target, drawn.unit)}", drawn.target),
    ]  # fmt: skip
    told = [
        f"{letter}{letter} {text}" if _holds(high, value) else f"{text} ({_side(high, value)})"
        for letter, text, value in limits
    ]
    if drawn.even_odds is not None:
        told.append(f"{EVEN_ODDS} even odds of having crossed")
    joined = "   ".join(told)
    return [_LEGEND, *([joined] if len(joined) <= width else told)]


def _scales(drawn: Drawn, width: int, days: int | None) -> tuple[Days, Heights]:
    """Return both scales: how many days fit depends on the labels, these on the days that do."""
    shown = drawn.known[-days:] if days else drawn.known
    known = _fitting(drawn, shown, width, days).known
    shown = shown[-known:] if known else []
    across = _fitting(drawn, shown, width, days)
    return across, _heights(drawn, shown)


def _fitting(drawn: Drawn, shown: Sequence[float | None], width: int, days: int | None) -> Days:
    columns = max(width - _margin(_heights(drawn, shown), drawn.unit) - 1, _NARROWEST)
    return days_that_fit(
        columns, last_day=drawn.last_day, known=len(shown), ahead=len(drawn.ahead), asked=days
    )


def _margin(high: Heights, unit: str) -> int:
    return max(len(text) for text in (*high.labels().values(), unit)) + 1


def _side(high: Heights, value: float) -> str:
    return "above the picture" if value > high.high else "below the picture"


def _heights(drawn: Drawn, shown: Sequence[float | None]) -> Heights:
    """Return the rows: every value and band, and a limit that is no further off than they span."""
    edges = [edge for day in drawn.ahead for edge in (day.lower_95, day.upper_95, day.mean)]
    low, high = span([*shown, *edges]) or (drawn.target, drawn.threshold)
    reach = max(high - low, abs(high) / 100)
    near = [
        limit for limit in (drawn.target, drawn.threshold) if low - reach <= limit <= high + reach
    ]
    return heights(min([low, *near]), max([high, *near]), rows=_ROWS)


def _holds(high: Heights, value: float) -> bool:
    return high.value(high.rows - 1) <= value <= high.high


def _bands(sheet: Canvas, drawn: Drawn, across: Days, high: Heights) -> None:
    for column in range(across.known_columns, across.columns):
        days = [day for day in drawn.ahead if across.column(day.lead_days) == column]
        if not days:
            continue
        wide = (min(day.lower_95 for day in days), max(day.upper_95 for day in days))
        narrow = (min(day.lower_80 for day in days), max(day.upper_80 for day in days))
        for (letter, role), (lower, upper) in zip(_SHADES, (wide, narrow), strict=True):
            for row in range(sheet.rows):
                if lower <= high.value(row) <= upper:
                    sheet.put(row, column, letter, role)


def _limits(sheet: Canvas, drawn: Drawn, high: Heights) -> None:
    if _holds(high, drawn.target):
        for column in range(sheet.columns):
            sheet.put(high.row(drawn.target), column, TARGET, "target")
    if _holds(high, drawn.threshold):
        for column in range(sheet.columns):
            sheet.put(high.row(drawn.threshold), column, THRESHOLD, "threshold")


def _courses(sheet: Canvas, drawn: Drawn, across: Days, high: Heights) -> None:
    known = drawn.known[-across.known :] if across.known else []
    leads = range(1 - len(known), 1)
    sheet.line(
        [
            None if value is None else (across.half(lead), int(4 * high.depth(value)))
            for lead, value in zip(leads, known, strict=True)
        ],
        "known",
    )
    sheet.line(
        [(across.half(day.lead_days), int(4 * high.depth(day.mean))) for day in drawn.ahead],
        "mean",
    )


def _axis(across: Days, even_odds: date | None) -> str:
    """Draw the axis: whole below what is known, broken below what is not."""
    letters = ["─"] * across.known_columns + ["╌"] * (across.columns - across.known_columns)
    for day in across.ticks():
        letters[across.column(across.lead(day))] = "┴"
    if even_odds is not None and 0 < across.lead(even_odds) <= across.ahead:
        letters[across.column(across.lead(even_odds))] = EVEN_ODDS
    return "".join(letters)


def _dates(across: Days) -> str:
    """Write the ticks' days around them, each year's first with the year; one without room not."""
    text, year = "", 0
    for day in across.ticks():
        told = f"{day:%m-%d}" if day.year == year else f"{day:%Y-%m-%d}"
        left = max(across.column(across.lead(day)) - len(told) // 2, 0)
        if left >= len(text) + bool(text) and left + len(told) <= across.columns:
            text, year = text.ljust(left) + told, day.year
    return text
