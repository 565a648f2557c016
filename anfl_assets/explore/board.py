"""The scoreboard as a frame, with the columns of `anfl status --json`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

import polars as pl

from anfl_assets.report.scoreboard import scoreboard

if TYPE_CHECKING:
    from anfl_assets.explore.reader import Reader

_UTC = pl.Datetime("us", "UTC")
SCHEMA = pl.Schema(
    {
        "metric_id": pl.String(),
        "subject": pl.String(),
        "value": pl.Float64(),
        "unit": pl.String(),
        "target": pl.Float64(),
        "target_operator": pl.String(),
        "threshold": pl.Float64(),
        "status": pl.String(),
        "since": _UTC,
        "window_start_at": _UTC,
        "window_end_at": _UTC,
        "grain": pl.String(),
        "change": pl.Float64(),
        "sample_count": pl.Int64(),
        "staleness_s": pl.Float64(),
        "severity": pl.String(),
        "is_whole": pl.Boolean(),
    }
)


def status(reader: Reader, *, as_of: datetime | None, now: datetime) -> pl.DataFrame:
    """Return the board of the reader's build, worst first.

    Frame: SCHEMA, one row per metric and subject.
    """
    with reader.engine() as published:
        board = scoreboard(published, now=as_of or now, as_of=as_of)
    rows = [asdict(row) for row in board]
    return pl.DataFrame({name: [row[name] for row in rows] for name in SCHEMA}, schema=SCHEMA)
