"""The picture at the terminal, letter by letter."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from anfl_assets.cli.forecast.canvas import Piece
from anfl_assets.cli.forecast.drawing import Drawn, fan_lines
from anfl_assets.report.forecasts import ForecastDay
from tests.forecast_rows import fan, vintage

LAST = date(2026, 11, 22)


def _day(lead: int, mean: float, near: float, far: float) -> ForecastDay:
    return ForecastDay("v", LAST + timedelta(days=lead), lead, mean, mean - near, mean + near,
                       mean - far, mean + far, mean, 0.5, 0.5)  # fmt: skip


TINY = Drawn(
    last_day=LAST,
    known=[50.0, 50.0, 50.0, None, 60.0, 60.0, 60.0, 60.0, 60.0, 60.0, 60.0, 60.0],
    ahead=[_day(lead, 60 + lead, 3 + lead / 2, 6 + lead) for lead in range(1, 21)],
    unit="%",
    target=40.0,
    threshold=90.0,
    beyond=">",
    even_odds=LAST + timedelta(days=18),
)


def _text(lines: list[list[Piece]]) -> list[str]:
    return ["".join(text for text, _ in line).rstrip() for line in lines]


def test_a_tiny_fan() -> None:
    assert _text(fan_lines(TINY, width=60)) == [
        "   %",
        " 120┤",
        "    │",
        "    │",
        "    │                               ░",
        " 100┤                            ░░░░",
        "    │                          ░░░░░░",
        "    │════════════════════════════════",
        "    │                     ░░░░░▒▒▒▒▒▒",
        "  80┤                  ░░░░░▒▒▒▒▒▒⢀⠤⠤",
        "    │                ░░░▒▒▒▒▒⢀⠤⠤⠔⠉⠁▒▒",
        "    │             ░░░▒▒▒⢀⠤⠤⠔⠉⠁▒▒▒▒▒▒▒",
        "    │            ░▒⢀⠤⠤⠔⠉⠁▒▒▒▒▒▒▒▒░░░░",
        "  60┤    ⠠⠤⠤⠤⠤⠤⠤⠤⠐⠉⠁▒▒▒░░░░░░░░░░░░░░",
        "    │            ░░░░░░░░░░░░░░░░░░░░",
        "    │⠠⠤⠤",
        "    │",
        "  40┤┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄",
        "    └─────┴──────╌╌╌╌╌╌╌┴╌╌╌╌╌╌╌╌╌◆╌╌",
        "     2026-11-16       11-30",
        "⠤⠒ observed, then expected   ▒ 80 %   ░ 95 %",
        "══ threshold > 90 %",
        "┄┄ target 40 %",
        "◆ even odds of having crossed",
    ]


def test_roles_say_what_a_terminal_may_colour() -> None:
    roles = {role for line in fan_lines(TINY, width=60) for _, role in line}
    assert roles == {"", "known", "mean", "band_80", "band_95", "threshold", "target", "axis"}


def test_a_limit_far_off_is_said_instead_of_drawn() -> None:
    far = replace(TINY, threshold=900.0, target=-90.0, even_odds=None)
    assert _text(fan_lines(far, width=80))[-1] == (
        "threshold > 900 % (above the picture)   target -90 % (below the picture)"
    )


@pytest.mark.parametrize("width", [30, 60, 80, 120, 200])
@pytest.mark.parametrize("days", [None, 7, 1000])
def test_no_line_is_wider_than_the_terminal(width: int, days: int | None) -> None:
    row = vintage(horizon_days=90)
    drawn = replace(TINY, known=[70.0 + each % 7 for each in range(800)], ahead=fan(row))
    lines = _text(fan_lines(drawn, width=width, days=days))
    picture = lines[: next(at for at, line in enumerate(lines) if "observed" in line)]
    assert max(map(len, picture)) <= width


def test_a_series_without_a_known_value_is_drawn_all_the_same() -> None:
    picture = _text(fan_lines(replace(TINY, known=[None] * 5), width=60))
    assert any("▒" in line for line in picture)


def test_the_first_day_of_a_year_has_its_year() -> None:
    drawn = replace(TINY, known=[70.0] * 120, ahead=fan(vintage(horizon_days=90)))
    assert "   ".join(_text(fan_lines(drawn, width=80))[-3].split()) == (
        "2026-08-01   10-01   11-01   12-01   2027-01-01   02-01"
    )
