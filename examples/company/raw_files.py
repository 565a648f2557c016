"""Raw files: rows and planted faults go in, bytes on disk come out, the same ones each time.

Text is CSV, TSV, JSON or JSON Lines, packed as the name's last suffix says; gzip carries no time.
What a feed brings and what becomes of each of its rows is counted here too, in `Extract`.
"""

from __future__ import annotations

import gzip
import io
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
import zstandard

_PERIODS = {
    "month": pl.col("at").dt.strftime("%Y-%m"),
    "quarter": pl.format("{}-Q{}", pl.col("at").dt.year(), pl.col("at").dt.quarter()),
    "half": pl.format("{}-H{}", pl.col("at").dt.year(), (pl.col("at").dt.quarter() + 1) // 2),
}


@dataclass(frozen=True)
class Faulty:
    """A planted row that must end in quarantine: a raw line of text, or a row of typed values."""

    reason: str
    content: str | dict[str, Any]


@dataclass(frozen=True)
class RawFile:
    """One file of a feed, not yet written."""

    path: str
    rows: pl.DataFrame
    faulty: tuple[Faulty, ...] = ()
    separator: str = ","
    encoding: str = "utf-8"
    # For JSON: the keys down to the array, and what stands beside it.
    records: tuple[str, ...] = ()
    decimals: int | None = None

    @property
    def row_count(self) -> int:
        """Rows in the file, planted ones included."""
        return self.rows.height + len(self.faulty)


@dataclass(frozen=True)
class Extract:
    """All files of one feed and what the lake must hold after they have landed.

    `rows` has the entity's canonical columns (anfl_assets.frames), without the planted rows, and
    with every correction applied. `late` counts rows that arrive weeks late.
    """

    feed: str
    entity: str
    rows: pl.DataFrame
    files: tuple[RawFile, ...] = field(repr=False)
    duplicates: int = 0
    superseded: int = 0
    filtered: int = 0
    late: int = 0

    @property
    def quarantined(self) -> int:
        """Planted rows."""
        return sum(len(file.faulty) for file in self.files)

    @property
    def received(self) -> int:
        """Rows of all files but those the feed does not ask for."""
        return sum(file.row_count for file in self.files) - self.filtered

    @property
    def accepted(self) -> int:
        """Rows that reach the lake, those superseded later included."""
        return self.received - self.quarantined - self.duplicates


def split(rows: pl.DataFrame, at: str, period: str) -> list[tuple[str, pl.DataFrame]]:
    """Parts of `rows` by the month, quarter or half year of the column `at`, oldest first."""
    labels = rows.select(pl.col(at).alias("at")).select(_PERIODS[period].alias("label"))
    parts = rows.with_columns(labels["label"].alias("__label__")).partition_by(
        "__label__", as_dict=True, maintain_order=True, include_key=False
    )
    return sorted((str(key[0]), part) for key, part in parts.items())


def write(file: RawFile, folder: Path) -> int:
    """Write one file below `folder` and return its size in bytes."""
    target = folder / file.path
    target.parent.mkdir(parents=True, exist_ok=True)
    content = _pack(_render(file), target.suffix)
    target.write_bytes(content)
    return len(content)


def _pack(content: bytes, suffix: str) -> bytes:
    if suffix == ".gz":
        return gzip.compress(content, compresslevel=1, mtime=0)
    if suffix == ".zst":
        return zstandard.ZstdCompressor(level=1).compress(content)
    return content


def _render(file: RawFile) -> bytes:
    suffixes = Path(file.path).suffixes
    if ".parquet" in suffixes:
        return _parquet(file)
    if ".json" in suffixes:
        return _json(file)
    if ".jsonl" in suffixes:
        text = file.rows.write_ndjson()
        return _with_lines(text.encode(file.encoding), file)
    separator = "\t" if ".tsv" in suffixes else file.separator
    text = file.rows.write_csv(separator=separator, float_precision=file.decimals)
    return _with_lines(text.encode(file.encoding), file)


def _with_lines(text: bytes, file: RawFile) -> bytes:
    """Put the planted lines after a third of the file, where a reader is in full swing."""
    lines = "".join(f"{fault.content}\n" for fault in file.faulty).encode(file.encoding)
    place = text.index(b"\n", len(text) // 3) + 1
    return text[:place] + lines + text[place:]


def _with_rows(file: RawFile) -> pl.DataFrame:
    planted = [fault.content for fault in file.faulty if isinstance(fault.content, dict)]
    if not planted:
        return file.rows
    return pl.concat([file.rows, pl.DataFrame(planted, schema=file.rows.schema)])


def _parquet(file: RawFile) -> bytes:
    buffer = io.BytesIO()
    _with_rows(file).write_parquet(buffer, compression="zstd", compression_level=1)
    return buffer.getvalue()


def _json(file: RawFile) -> bytes:
    content: Any = _with_rows(file).to_dicts()
    for key in reversed(file.records):
        content = {"is_simulated": True, key: content}
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode(file.encoding)
