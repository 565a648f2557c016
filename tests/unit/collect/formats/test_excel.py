"""Workbooks: typed cells without loss, clear errors, and no zip bombs."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from anfl_assets.collect.collected import Collected
from anfl_assets.collect.columns.expressions import Constant, Read
from anfl_assets.collect.formats import zip_guard
from anfl_assets.errors import SourceError

Collect = Callable[..., Collected]
AT = datetime(2026, 9, 1, 10, 30, 0, 250_000)  # noqa: DTZ001 - cells have no zone
HEADER = ["at", "service", "ms", "failed"]
COLUMNS = {
    "observed_at": Read("at", zone="UTC"),
    "service": Read("service"),
    "latency_ms": Read("ms"),
    "is_error": Read("failed"),
}


def workbook(*sheets: Callable[[Worksheet], object], path: Path) -> bytes:
    """Return a workbook whose sheets `S1`, `S2`… the functions fill."""
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd hh:mm:ss"}) as book:
        for number, fill in enumerate(sheets, start=1):
            fill(book.add_worksheet(f"S{number}"))
    return path.read_bytes()


def rows(sheet: Worksheet) -> None:
    """Two records with a blank row between, below a blank row and a header."""
    sheet.write_row(1, 2, HEADER)
    sheet.write_row(2, 2, [AT, "api", 1 / 3, False])
    sheet.write_row(4, 2, [AT, 7, 2e-12, True])


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., bytes]:
    return lambda *sheets: workbook(*sheets, path=tmp_path / "made.xlsx")


def test_dates_numbers_and_texts_keep_their_value(
    collect: Collect, written: Callable[..., bytes]
) -> None:
    collected = collect(written(rows), "book.xlsx", columns=COLUMNS)

    assert collected.rows["line"].to_list() == [3, 5]
    assert collected.rows["observed_at"].to_list() == [AT.replace(tzinfo=UTC)] * 2
    assert collected.rows["service"].to_list() == ["api", "7"]
    assert collected.rows["latency_ms"].to_list() == [1 / 3, 2e-12]
    assert collected.rows["is_error"].to_list() == [False, True]


def test_a_column_of_whole_dates_is_one_of_dates(
    collect: Collect, written: Callable[..., bytes]
) -> None:
    def sizes(sheet: Worksheet) -> None:
        sheet.write_row(0, 0, ["from", "to", "company", "amount"])
        sheet.write_row(1, 0, [date(2026, 1, 1), date(2026, 4, 1), "Acme", 2.55])

    columns = {
        "period_start_on": Read("from"),
        "period_end_on": Read("to"),
        "market": Constant("m"),
        "company": Read("company"),
        "amount": Read("amount"),
        "unit": Constant("USD"),
        "report": Constant("r"),
    }
    (row,) = collect(
        written(sizes), "book.xlsx", entity="market_sizes", columns=columns
    ).rows.to_dicts()

    assert (row["period_start_on"], row["period_end_on"]) == (date(2026, 1, 1), date(2026, 4, 1))
    assert float(row["amount"]) == 2.55


def test_a_formula_has_its_cached_value_and_an_error_is_a_reject(
    collect: Collect, written: Callable[..., bytes]
) -> None:
    def formulas(sheet: Worksheet) -> None:
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, [AT, "api", 0, False])
        sheet.write_formula(1, 2, "=1+1", value=2)
        sheet.write_row(2, 0, [AT, "api", 0, False])
        sheet.write_formula(2, 2, "=1/0", value="#DIV/0!")

    collected = collect(written(formulas), "book.xlsx", columns=COLUMNS)

    assert collected.rows["latency_ms"].to_list() == [2.0]
    assert collected.rejects["line"].to_list() == [3]
    assert collected.rejects["rule"].to_list() == ["cell_error"]
    assert "Div0" in collected.rejects["reason"][0]
    assert json.loads(collected.rejects["body"][0])["service"] == "api"


def test_a_header_of_two_rows_is_joined_and_a_merged_cell_counts_once(
    collect: Collect, written: Callable[..., bytes]
) -> None:
    def two_rows(sheet: Worksheet) -> None:
        sheet.merge_range(0, 0, 0, 1, "who")
        sheet.write_row(1, 0, ["at", "service"])
        sheet.write_row(2, 0, [AT, "api"])

    columns = {
        "observed_at": Read("who|at", zone="UTC"),
        "service": Read("service"),
        "is_error": Constant(value=False),
    }
    collected = collect(written(two_rows), "book.xlsx", columns=columns, header_rows=2)

    assert collected.rows["service"].to_list() == ["api"]


def test_an_open_document_is_read_as_well(collect: Collect) -> None:
    cells = [
        "".join(f"<table:table-cell {cell}</table:table-cell>" for cell in row)
        for row in (
            [f'office:value-type="string"><text:p>{name}</text:p>' for name in HEADER],
            [
                'office:value-type="date" office:date-value="2026-09-01T10:30:00">',
                'office:value-type="string"><text:p>api</text:p>',
                'office:value-type="float" office:value="0.125">',
                'office:value-type="boolean" office:boolean-value="true">',
            ],
        )
    ]
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f"<office:document-content{spaces}><office:body><office:spreadsheet>"
        '<table:table table:name="S1">'
        + "".join(f"<table:table-row>{row}</table:table-row>" for row in cells)
        + "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    document = io.BytesIO()
    with zipfile.ZipFile(document, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)

    (row,) = collect(document.getvalue(), "book.ods", columns=COLUMNS).rows.to_dicts()
    assert row["observed_at"] == datetime(2026, 9, 1, 10, 30, tzinfo=UTC)
    assert (row["service"], row["latency_ms"], row["is_error"]) == ("api", 0.125, True)


def test_the_sheet_is_the_one_that_is_named(
    collect: Collect, written: Callable[..., bytes]
) -> None:
    content = written(lambda sheet: sheet.write(0, 0, "notes"), rows)

    assert collect(content, "book.xlsx", columns=COLUMNS, sheet="S2").received == 2
    with pytest.raises(SourceError, match="no sheet 'S3'; there are: S1, S2"):
        collect(content, "book.xlsx", columns=COLUMNS, sheet="S3")
    with pytest.raises(SourceError, match="column 'at' is missing"):
        collect(content, "book.xlsx", columns=COLUMNS)


def test_a_sheet_without_cells_gives_no_rows(
    collect: Collect, written: Callable[..., bytes]
) -> None:
    assert collect(written(lambda _: None), "book.xlsx", columns=COLUMNS).received == 0


def test_names_from_the_feed_stand_for_a_header(
    collect: Collect, written: Callable[..., bytes]
) -> None:
    content = written(lambda sheet: sheet.write_row(0, 0, [AT, "api", 3, False]))

    collected = collect(content, "book.xlsx", columns=COLUMNS, header=tuple(HEADER))
    assert collected.rows["latency_ms"].to_list() == [3.0]
    with pytest.raises(SourceError, match="the sheet has 4 columns"):
        collect(content, "book.xlsx", columns=COLUMNS, header=(*HEADER, "more"))


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"at,service\n", "not a workbook"),
        (b"PK\x03\x04 and nothing else", "a damaged workbook"),
        (b"\xd0\xcf\x11\xe0 and nothing else", "not a readable workbook"),
    ],
)
def test_what_is_no_workbook_is_told(collect: Collect, content: bytes, complaint: str) -> None:
    with pytest.raises(SourceError, match=complaint):
        collect(content, "book.xlsx", columns=COLUMNS)


def test_a_zip_bomb_is_refused_before_it_is_opened(collect: Collect) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (20 << 20))

    with pytest.raises(SourceError, match="unpacks to more than it should"):
        collect(bomb.getvalue(), "book.xlsx", columns=COLUMNS)


def test_an_archive_of_too_many_files_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_guard, "MOST_MEMBERS", 3)
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as archive:
        for number in range(4):
            archive.writestr(str(number), b"")

    with pytest.raises(SourceError, match="4 files inside"):
        zip_guard.require_harmless(many, what="book.xlsx")


def test_an_absolute_size_is_refused_however_well_it_was_packed() -> None:
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a", b"x" * 2000)

    zip_guard.require_harmless(stored, what="book.xlsx", most_bytes=2000)
    with pytest.raises(SourceError, match="unpacks to more"):
        zip_guard.require_harmless(stored, what="book.xlsx", most_bytes=1999)
