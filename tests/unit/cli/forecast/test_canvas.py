"""A sheet of characters: dots join to lines, and nothing is lost that shares a cell."""

from anfl_assets.cli.forecast.canvas import Canvas


def _text(sheet: Canvas) -> list[str]:
    return ["".join(text for text, _ in line) for line in sheet.lines()]


def test_a_cell_has_two_by_four_dots() -> None:
    sheet = Canvas(columns=2, rows=1)
    for half, quarter in ((0, 0), (1, 3), (2, 1), (3, 1)):
        sheet.dot(half, quarter, "known")
    assert _text(sheet) == ["⢁⠒"]


def test_a_line_joins_its_points_and_breaks_at_a_gap() -> None:
    sheet = Canvas(columns=4, rows=2)
    sheet.line([(0, 0), (0, 7), None, (4, 3), (7, 3)], "known")
    assert _text(sheet) == ["⡇ ⣀⣀", "⡇   "]


def test_a_point_between_gaps_is_still_seen() -> None:
    sheet = Canvas(columns=3, rows=1)
    sheet.line([None, (2, 3), None], "mean")
    assert _text(sheet) == [" ⡀ "]


def test_a_line_is_drawn_over_a_shade_and_has_a_role_of_its_own() -> None:
    sheet = Canvas(columns=3, rows=1)
    for column in range(3):
        sheet.put(0, column, "▒", "band_80")
    sheet.dot(2, 0, "mean")
    assert sheet.lines() == [[("▒", "band_80"), ("⠁", "mean"), ("▒", "band_80")]]
