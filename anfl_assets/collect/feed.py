"""What one feed declares: where its rows come from, how they are shaped, what they mean.

Types only. `feeds.py` reads them from YAML, `read.py` obeys them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from anfl_assets.collect.columns.expressions import Condition, Expression
from anfl_assets.collect.connect.connector import Connector
from anfl_assets.collect.formats.samples import Samples
from anfl_assets.collect.organisation import Organisation
from anfl_assets.collect.shape.step import Step, bound
from anfl_assets.config.period import Period
from anfl_assets.frames import TABLES, Table


class Format(StrEnum):
    """How a file's rows are written."""

    CSV = "csv"
    TSV = "tsv"
    JSON = "json"
    JSONL = "jsonl"
    PARQUET = "parquet"
    EXCEL = "excel"
    ACCESS_LOG = "access_log"
    OPENMETRICS = "openmetrics"


SUFFIXES = {
    ".csv": Format.CSV,
    ".tsv": Format.TSV,
    ".json": Format.JSON,
    ".jsonl": Format.JSONL,
    ".ndjson": Format.JSONL,
    ".parquet": Format.PARQUET,
    ".xlsx": Format.EXCEL,
    ".xls": Format.EXCEL,
    ".ods": Format.EXCEL,
}


@dataclass(frozen=True)
class Feed:
    """One feed: files of one form, or a running system, that bring rows of one canonical table.

    A feed with a `connector` is asked `every` so often and has no files. `format` None means by
    suffix; `delimiter` None means by format; `header` names the columns of CSV files that have no
    header line, `header_rows` is how many lines are the header of those that have one; `sheet` None
    is a workbook's first; `key` and `where` name source columns as they are after `shape`;
    `complete_to` None means files are complete up to their last event only. `is_simulated` None: as
    the organisation.
    """

    name: str
    entity: str
    root: Path
    files: tuple[str, ...]
    columns: Mapping[str, Expression]
    expect_every: Period
    is_manual: bool = False
    format: Format | None = None
    delimiter: str | None = None
    encoding: str = "utf-8"
    header: tuple[str, ...] = ()
    header_rows: int = 1
    records: str | None = None
    sheet: str | None = None
    samples: Samples | None = None
    nulls: tuple[str, ...] = ("",)
    where: tuple[Condition, ...] = ()
    key: tuple[str, ...] = ()
    max_carry: timedelta | None = None
    complete_to: Period | None = None
    shape: tuple[Step, ...] = ()
    connector: Connector | None = None
    every: timedelta | None = None
    is_simulated: bool | None = None

    def __post_init__(self) -> None:
        """Tell each step which columns are wanted after it."""
        object.__setattr__(self, "shape", bound(self.shape, self.needed))

    @property
    def table(self) -> Table:
        """The canonical table its rows belong to."""
        return TABLES[self.entity]

    @property
    def source(self) -> str:
        """The source of the specification's §2.1 it belongs to."""
        return self.table.source

    @property
    def tells_moments(self) -> bool:
        """Whether its rows have a time, not a window or a period with an end of its own."""
        return not {"window_s", "period_end_on"} & self.table.schema.keys()

    @property
    def needed(self) -> tuple[str, ...]:
        """Every shaped column the feed names, each once, in order of first mention."""
        named = [name for expression in self.columns.values() for name in expression.sources]
        filtered = [condition.column for condition in self.where]
        return tuple(dict.fromkeys((*named, *filtered, *self.key)))

    @property
    def read(self) -> tuple[str, ...]:
        """Every column the source itself must have, each once."""
        names = self.needed
        for step in reversed(self.shape):
            names = step.before(names)
        return tuple(dict.fromkeys(names))

    @property
    def reads_all(self) -> bool:
        """Whether a step looks at every column of the source."""
        return any(step.reads_all for step in self.shape)


@dataclass(frozen=True)
class Feeds:
    """A whole feeds file: one organisation and its feeds, in the order written."""

    organisation: Organisation
    feeds: tuple[Feed, ...]
    path: Path
    by_name: Mapping[str, Feed] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the feeds by name."""
        object.__setattr__(self, "by_name", {feed.name: feed for feed in self.feeds})
