"""The audit: one row a line, and what a difference from the specification's own text becomes."""

from anfl_assets.catalog.loader import load_catalog
from anfl_assets.report.conform.audit import Row, audit, counts
from anfl_assets.report.conform.evidence import Evidence
from anfl_assets.report.conform.lines import Line

LIVE = Evidence(load_catalog())
SECTION = "4.2 Alert System"


def _line(path: str, value: str, *, is_item: bool = False) -> Line:
    return Line(SECTION, tuple(path.split(".")), value, is_item)


EMAIL = _line("alert_framework.critical.channels", "Email", is_item=True)
SMS = _line("alert_framework.critical.channels", "SMS", is_item=True)
SLOW = _line("alert_framework.critical.response_time", "9 minutes")
FAST = _line("alert_framework.critical.response_time", "5 minutes")


def _told(rows: list[Row]) -> list[tuple[str, str, str]]:
    return [(row.line.value, row.finding.status, row.finding.configuration) for row in rows]


def test_without_the_text_each_line_of_the_catalog_is_a_row_in_its_order() -> None:
    assert [row.line for row in audit([EMAIL, SMS, FAST], LIVE)] == [EMAIL, SMS, FAST]


def test_another_value_is_drifted_a_line_gone_is_missing_and_one_added_is_drifted() -> None:
    rows = audit([EMAIL, SLOW], LIVE, specified=[SMS, FAST])
    assert _told(rows) == [
        ("SMS", "missing", "found nothing; expected 'SMS'"),
        ("5 minutes", "drifted", "found '9 minutes'; expected '5 minutes'"),
        ("Email", "drifted", "found 'Email'; expected no such line"),
    ]
    assert counts(rows) == {"ok": 0, "missing": 1, "drifted": 2}


def test_sections_come_in_the_order_of_their_numbers() -> None:
    late, early = Line("10.1 Z", ("z",), "1"), Line("9.2 Y", ("y",), "1")
    assert [row.line for row in audit([late, early], LIVE)] == [early, late]
