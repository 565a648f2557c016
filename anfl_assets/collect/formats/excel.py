"""Workbooks (.xlsx, .xls, .ods): one sheet's cells become source columns of text, exactly.

Dates and times become ISO texts, numbers their shortest exact text, formulas their cached values.
The first row that is not blank is the header (`header_rows` of them, joined as in CSV), unless the
feed names the columns; a merged cell has its value in its first cell only; blank rows are no
records. A row with an error such as `#DIV/0!` in a cell that the feed reads is a reject.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

import polars as pl

from anfl_assets.collect.batch import LINE, Batch
from anfl_assets.collect.collected import REJECTS
from anfl_assets.collect.discover import FoundFile, opened
from anfl_assets.collect.feed import Feed
from anfl_assets.collect.formats.header import joined_names, require_columns, unique_names
from anfl_assets.collect.formats.zip_guard import require_harmless
from anfl_assets.errors import SourceError

if TYPE_CHECKING:
    from fastexcel import ExcelReader

RULE = "cell_error"
_MIDNIGHTS = r"^\d{4}-\d{2}-\d{2} 00:00:00$"
_KINDS = {b"PK\x03\x04": "zip", b"\xd0\xcf\x11\xe0": "old"}


def read_excel(feed: Feed, found: FoundFile) -> Iterator[Batch]:
    """Yield the sheet's rows as one batch; a sheet without cells yields nothing.

    Raises:
        SourceError: no workbook, too large unpacked, no such sheet, or a column is missing.
        SourceUnavailable: still being written or gone.

    """
    with opened(found) as file:
        if found.size == 0:
            return
        _require_workbook(file, found)
        cells, broken = _cells(feed, found)
    batch = _batch(feed, found, cells, broken)
    if batch is not None:
        yield batch


def _require_workbook(file: BinaryIO, found: FoundFile) -> None:
    kind = _KINDS.get(file.read(4))
    if kind is None:
        msg = f"{found.relative}: not a workbook (.xlsx, .xls or .ods)"
        raise SourceError(msg)
    if kind == "zip":
        try:
            require_harmless(file, what=found.relative)
        except zipfile.BadZipFile as error:
            msg = f"{found.relative}: a damaged workbook: {error}"
            raise SourceError(msg) from error


def _cells(feed: Feed, found: FoundFile) -> tuple[pl.DataFrame, list[tuple[int, int, str]]]:
    """Return all cells as text, from the sheet's first row, and where errors stand."""
    import fastexcel

    try:
        reader = fastexcel.read_excel(found.path)
        sheet = _sheet(reader, feed, found)
        loaded = reader.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string")
        if loaded.width == 0:
            return pl.DataFrame(), []
        batch, errors = loaded.to_arrow_with_errors()
        numbers = reader.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="float").to_polars()
    except fastexcel.FastExcelError as error:
        told = str(error).partition("\nContext")[0]
        msg = f"{found.relative}: not a readable workbook: {told}"
        raise SourceError(msg) from error
    texts = pl.DataFrame(pl.from_arrow(batch))
    broken = [(*cell.offset_position, cell.detail) for cell in (errors.errors if errors else ())]
    return _exact(texts, numbers), broken


def _sheet(reader: ExcelReader, feed: Feed, found: FoundFile) -> str:
    names = reader.sheet_names
    if feed.sheet is None:
        return names[0]
    if feed.sheet not in names:
        msg = f"{found.relative}: no sheet {feed.sheet!r}; there are: {', '.join(names)}"
        raise SourceError(msg)
    return feed.sheet


def _exact(texts: pl.DataFrame, numbers: pl.DataFrame) -> pl.DataFrame:
    """Put back the digits that the texts of numbers lost, and cut midnights off whole dates."""
    columns = []
    for text, number in zip(texts.iter_columns(), numbers.iter_columns(), strict=True):
        rounded = text.cast(pl.Float64, strict=False)
        is_short = ((rounded != number) & number.is_not_null()).fill_null(value=False)
        columns.append(number.cast(pl.String).zip_with(is_short, text).alias(text.name))
    return pl.DataFrame(columns)


def _batch(
    feed: Feed, found: FoundFile, cells: pl.DataFrame, broken: list[tuple[int, int, str]]
) -> Batch | None:
    numbered = cells.with_row_index(LINE, offset=1).with_columns(pl.col(LINE).cast(pl.Int64))
    filled = numbered.filter(~pl.all_horizontal(pl.exclude(LINE).is_null()))
    count = 0 if feed.header else feed.header_rows
    if filled.height < max(count, 1):
        return None
    header = filled.head(count).drop(LINE)
    names = list(feed.header) or joined_names(header.rows())
    require_columns(feed, names, where=found.relative)
    _require_width(names, header.width or cells.width, found)
    rows = filled.slice(count)
    rows.columns = [LINE, *unique_names(names)]
    rows = rows.with_columns(_dates(rows[name]) for name in rows.columns if name != LINE)
    reasons = _reasons(feed, rows.columns[1:], broken)
    is_broken = pl.col(LINE).is_in(list(reasons))
    return Batch(rows.filter(~is_broken), _rejects(rows.filter(is_broken), reasons))


def _require_width(names: list[str], width: int, found: FoundFile) -> None:
    if len(names) != width:
        msg = f"{found.relative}: the sheet has {width} columns and the feed's header {len(names)}"
        raise SourceError(msg)


def _dates(text: pl.Series) -> pl.Series:
    """Return dates without a time of day where every cell of the column is a midnight."""
    if not text.str.contains(_MIDNIGHTS).drop_nulls().all() or text.null_count() == len(text):
        return text
    return text.str.slice(0, len("2026-01-01"))


def _reasons(feed: Feed, names: list[str], broken: list[tuple[int, int, str]]) -> dict[int, str]:
    """Return what is wrong by sheet row, for errors in cells that the feed reads."""
    wanted = set(names) if feed.reads_all else set(feed.read)
    found: dict[int, list[str]] = {}
    for row, column, detail in broken:
        if names[column] in wanted:
            found.setdefault(row + 1, []).append(f"{names[column]}: {detail}")
    return {row: "; ".join(details) for row, details in found.items()}


def _rejects(rows: pl.DataFrame, reasons: dict[int, str]) -> pl.DataFrame:
    body = pl.struct(pl.exclude(LINE)).struct.json_encode()
    return rows.select(
        pl.col(LINE).alias("line"),
        pl.lit(RULE).alias("rule"),
        pl.col(LINE).replace_strict(reasons, default=None, return_dtype=pl.String).alias("reason"),
        body.alias("body"),
    ).match_to_schema(REJECTS)
