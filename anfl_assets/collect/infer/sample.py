"""The first rows of a source as texts, and what a feed must say to read them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from anfl_assets.collect.discover import FoundFile
from anfl_assets.collect.feed import SUFFIXES, Format
from anfl_assets.collect.formats.unpack import COMPRESSED, binary_blocks
from anfl_assets.collect.infer.named import is_value
from anfl_assets.errors import SourceError

ROWS = 2_000
_BYTES = 4 << 20
_DELIMITERS = ",;\t|"
_ACCESS = r'^\S+ \S+ .+ \[[^\]]+\] "(?:[^"\\]|\\.)*" \d{3} (?:\d+|-)'
_EXPOSITION = r"^(?:# (?:HELP|TYPE) \S+|[a-zA-Z_:][\w:]*(?:\{[^}]*\})? [-+0-9.eEinfNa]+( \d+)?$)"


@dataclass(frozen=True)
class Sample:
    """The beginning of a source.

    `title` names it, such as a file's stem; `options` are the keys a feed needs to read it, with
    why beside them in `notes`; `rows` are texts. Of an exposition of metrics `text` is kept and, of
    a file of it, when it was written.
    """

    title: str
    form: str
    rows: pl.DataFrame
    options: Mapping[str, object] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    taken_at: str | None = None


def sample_of(path: Path) -> Sample:
    """Read the beginning of a file.

    Raises:
        SourceError: absent, empty, damaged or of no form that is known.

    """
    if not path.is_file():
        raise SourceError(
            f"{path}: {'a folder; give one of its files' if path.is_dir() else 'no such file'}"
        )
    state = path.stat()
    found = FoundFile(path.name, path, state.st_size, state.st_mtime_ns)
    suffixes = [suffix.lower() for suffix in path.suffixes if suffix not in COMPRESSED]
    form = SUFFIXES.get(suffixes[-1]) if suffixes else None
    title = path.name.split(".")[0]
    if state.st_size == 0:
        raise SourceError(f"{path.name}: the file is empty, so there is nothing to guess from")
    if form is Format.PARQUET:
        return Sample(title, form, _parquet(path))
    if form is Format.EXCEL:
        return Sample(title, form, _excel(path))
    text, options, notes = _text(found)
    told = _known_text(title, text, form)
    if told is None:
        raise SourceError(
            f"{path.name}: neither a table nor an access log nor metrics; it begins with "
            f"{text[:60]!r}. A feed reads one of {', '.join(Format)}"
        )
    merged = {**told.options, **options}
    written = datetime.fromtimestamp(int(state.st_mtime), UTC).isoformat()
    return Sample(title, told.form, told.rows, merged, {**told.notes, **notes}, told.text, written)


def _known_text(title: str, text: str, form: Format | None) -> Sample | None:
    lines = text.splitlines()[: ROWS + 1]
    first = pl.Series(lines[:50], dtype=pl.String)
    stated: dict[str, object] | None = {} if form else None
    if form is Format.JSONL or (form is None and text.lstrip().startswith("{") and len(lines) > 1):
        return Sample(title, Format.JSONL, _lines(lines), stated or {"format": "jsonl"})
    if form is Format.JSON or (form is None and text.lstrip().startswith(("[", "{"))):
        return _json(title, text, stated)
    if first.str.contains(_ACCESS).any():
        log = {"format": "access_log"}
        return Sample(title, Format.ACCESS_LOG, pl.DataFrame(), log)
    if form is None and first.str.contains(_EXPOSITION).all():
        metrics = {"format": "openmetrics"}
        return Sample(title, Format.OPENMETRICS, pl.DataFrame(), metrics, text=text)
    return _table(title, text, form)


def _text(found: FoundFile) -> tuple[str, dict[str, object], dict[str, str]]:
    """Return whole lines of the file's beginning, decoded."""
    content = b""
    blocks = binary_blocks(found)
    for block in blocks:
        content += block
        if len(content) >= _BYTES:
            content = content[:_BYTES].rpartition(b"\n")[0]
            break
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="ignore"), {"encoding": "utf-16"}, {}
    try:
        return content.decode("utf-8-sig"), {}, {}
    except UnicodeDecodeError:
        told = {"encoding": "not UTF-8: check that names with accents read well"}
        return content.decode("latin-1"), {"encoding": "latin-1"}, told


def _table(title: str, text: str, form: Format | None) -> Sample | None:
    head = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(_DELIMITERS, key=head.count)
    if head.count(delimiter) == 0:
        return None
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        records = [row for row, _ in zip(reader, range(ROWS + 1), strict=False) if row]
    except csv.Error:
        return None
    options: dict[str, object] = {}
    notes: dict[str, str] = {}
    if form is None:
        options["format"] = "csv"
    if delimiter != {Format.TSV: "\t"}.get(form or Format.CSV, ","):
        options["delimiter"] = delimiter
    names = [name.strip() for name in records[0]]
    if any(is_value(name) for name in names):
        names = [f"column_{number}" for number in range(1, len(names) + 1)]
        options["header"] = names
        notes["header"] = "the first line holds values: name the columns"
    else:
        records = records[1:]
    whole = [row for row in records if len(row) == len(names)]
    columns = list(zip(*whole, strict=True)) or [()] * len(names)
    return Sample(title, form or Format.CSV, _frame(names, columns), options, notes)


def _frame(names: Sequence[str], columns: Sequence[Sequence[str]]) -> pl.DataFrame:
    """Return the columns whose name stands once: of two alike a feed can read neither."""
    once = {
        name: pl.Series(name, values, pl.String)
        for name, values in zip(names, columns, strict=True)
        if names.count(name) == 1 and name
    }
    return pl.DataFrame(once)


def _lines(lines: Sequence[str]) -> pl.DataFrame:
    records = []
    for line in lines:
        try:
            record = json.loads(line) if line.strip() else None
        except ValueError:
            continue
        if isinstance(record, dict):
            records.append(record)
    return _records(records)


def _json(title: str, text: str, stated: dict[str, object] | None) -> Sample | None:
    options: dict[str, object] = {"format": "json"} if stated is None else {}
    try:
        document = json.loads(text)
    except ValueError:
        return None
    if isinstance(document, dict):
        path = next((key for key, value in document.items() if _is_records(value)), None)
        if path is None:
            return None
        options["records"] = path
        document = document[path]
    if not _is_records(document):
        return None
    return Sample(title, Format.JSON, _records(document[:ROWS]), options)


def _is_records(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _records(records: Sequence[Mapping[str, object]]) -> pl.DataFrame:
    names: dict[str, None] = {}
    flat = [_flat(record, "") for record in records]
    for record in flat:
        names |= dict.fromkeys(record)
    return pl.DataFrame(
        {name: pl.Series([row.get(name) for row in flat], dtype=pl.String) for name in names}
    )


def _flat(record: Mapping[str, object], under: str) -> dict[str, str | None]:
    """Return a record by dotted paths; lists as JSON."""
    found: dict[str, str | None] = {}
    for key, value in record.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{under}{key}.")
        elif value is None or isinstance(value, str):
            found[under + key] = value
        else:
            found[under + key] = json.dumps(value)
    return found


def _parquet(path: Path) -> pl.DataFrame:
    try:
        rows = pl.scan_parquet(path, glob=False).head(ROWS).collect()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise SourceError(f"{path.name}: not a readable Parquet file: {error}") from error
    return as_texts(rows)


def as_texts(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the columns that can be shown as texts, as texts."""
    plain = [
        name
        for name, kind in rows.schema.items()
        if not kind.is_nested() and kind not in (pl.Binary, pl.Object)
    ]
    return rows.select(pl.col(plain).cast(pl.String))


def _excel(path: Path) -> pl.DataFrame:
    import fastexcel

    try:
        rows = fastexcel.read_excel(path).load_sheet(0, n_rows=ROWS, dtypes="string").to_polars()
    except fastexcel.FastExcelError as error:
        raise SourceError(f"{path.name}: not a readable workbook: {error}") from error
    return as_texts(rows)
