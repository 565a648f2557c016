"""A data folder of one public data set, landed and built, with what its tests ask of it.

Times are fixed, so the tests say the same on any day. The sets' origin, licence and hashes stand in
the data's own MANIFEST.csv.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from anfl_assets.flow.build import BuildReport
from anfl_assets.flow.land import LandReport
from anfl_assets.report.published import open_published
from anfl_assets.report.scoreboard import BoardRow, scoreboard
from anfl_assets.store import lake
from anfl_assets.store.workspace import Workspace

HERE = Path(__file__).resolve().parent
# After the last event of every set.
NOW = datetime(2026, 9, 1, tzinfo=UTC)
# Pseudonyms are made with it where the environment holds no other.
MASK_KEY = {"ANFL_MASK_KEY": "the real data sets' own key"}
_NAMED = re.compile(r"\{([\w./*-]+)\}")


@dataclass(frozen=True)
class Folder:
    """One organisation's folder after its first run; `raw` is where its files lie."""

    workspace: Workspace
    landed: dict[str, LandReport]
    built: BuildReport
    raw: Path

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """Query the published build; `{fct_metric_status}` stands for that table."""
        with open_published(self.workspace) as published:
            return published.rows(_NAMED.sub(lambda found: published.table(found[1]), sql))

    def observed(self, metric_id: str, grain: str) -> dict[tuple[str, datetime], dict[str, Any]]:
        """Return a metric's observations at one grain by subject and window end."""
        rows = self.rows("select * from {fct_metric_observation}")
        return {
            (row["subject"], row["window_end_at"]): row
            for row in rows
            if row["metric_id"] == metric_id and row["grain"] == grain
        }

    def truth(self, sql: str) -> list[tuple[Any, ...]]:
        """Query the raw files themselves; `{name}` stands for one of them, quoted."""
        named = _NAMED.sub(lambda found: f"'{self.raw}/{found[1]}'", sql)
        with duckdb.connect() as connection:
            return connection.execute(named).fetchall()

    def board(self) -> dict[tuple[str, str], BoardRow]:
        """Return the scoreboard by metric and subject."""
        with open_published(self.workspace) as published:
            rows = scoreboard(published, now=NOW)
        return {(row.metric_id, row.subject): row for row in rows}


def feeds_path(name: str) -> Path:
    """Return the feeds file of a data set."""
    return HERE / name / "feeds.yaml"


def counts(report: LandReport) -> tuple[int, int, int, int]:
    """Return received, accepted, quarantined and duplicates of one feed."""
    return report.received, report.accepted, report.quarantined, report.duplicates


def landed_rows(folder: Folder, entity: str) -> pl.DataFrame:
    """Return a canonical table as it lies in the lake, provenance columns included."""
    rows = lake.read(folder.workspace.table_path(entity))
    assert rows is not None
    return rows
