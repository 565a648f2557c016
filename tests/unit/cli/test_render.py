"""Formats of the terminal: literals in, literals out."""

from datetime import timedelta

import pytest

from anfl_assets.cli import render
from anfl_assets.wording.looks import STATUS_LOOKS


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        pytest.param(1234.5, "ms", "1,234.5 ms", id="thousands"),
        pytest.param(99.95, "%", "99.95 %", id="percent"),
        pytest.param(0.0213, "req/s", "0.0213 req/s", id="small"),
        pytest.param(0.0, "%", "0.00 %", id="zero"),
        pytest.param(-3.25, "s", "-3.25 s", id="negative"),
        pytest.param(4.7, "score", "4.70", id="a score has no unit behind it"),
        pytest.param(None, "ms", "–", id="nothing"),
    ],
)
def test_a_quantity_is_written_with_its_unit(value: float | None, unit: str, text: str) -> None:
    assert render.quantity(value, unit) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(12.3, "+12.30 %"), (-0.4, "-0.4 %"), (0.0, "0.00 %"), (None, "–")],
)
def test_a_change_carries_its_sign(value: float | None, text: str) -> None:
    assert render.change(value) == text


@pytest.mark.parametrize(
    ("span", "text"),
    [
        pytest.param(timedelta(days=3, hours=4, minutes=50), "3 d 4 h", id="days"),
        pytest.param(timedelta(hours=2), "2 h", id="whole hours"),
        pytest.param(725, "12 min 5 s", id="minutes"),
        pytest.param(59.6, "1 min", id="rounds up into the next unit"),
        pytest.param(42, "42 s", id="seconds"),
        pytest.param(0.44, "0.4 s", id="less than ten seconds"),
        pytest.param(timedelta(hours=-30), "-1 d 6 h", id="ahead of now"),
        pytest.param(None, "–", id="nothing"),
    ],
)
def test_a_duration_has_its_two_largest_units(span: timedelta | float | None, text: str) -> None:
    assert render.duration(span) == text


def test_a_status_is_told_by_glyph_and_word_not_by_colour_alone() -> None:
    shown = {status: render.status_text(status).plain for status in STATUS_LOOKS}
    assert shown == {
        "breached": "✖ breached",
        "off_target": "▲ off target",
        "no_data": "? no data",
        "insufficient": "… insufficient",
        "on_target": "✔ on target",
    }
    assert render.status_text("held_back").plain == "· held back"


def test_a_pipe_gets_no_colour_and_no_wrapped_line(capsys: pytest.CaptureFixture[str]) -> None:
    table = render.table("metric", "value", numeric=["value"])
    table.add_row("inference_latency", render.status_text("breached"))
    render.console().print(table)
    written = capsys.readouterr().out
    assert "\x1b" not in written
    assert any("inference_latency" in line and "✖ breached" in line for line in written.split("\n"))


def test_a_name_from_a_file_stays_on_one_line_commands_nothing_and_fits_a_cell() -> None:
    assert render.label("checkout 😀") == "checkout 😀"
    assert render.label("line\nbreak \x1b[31mred") == "line�break �[31mred"
    assert render.label("x" * 10_000) == "x" * 59 + "…"
