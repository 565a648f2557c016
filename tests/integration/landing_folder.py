"""A feeds file, raw files and a data folder in one place, and what landing made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
from sqlalchemy import select

from anfl_assets.collect.feeds import load_feeds
from anfl_assets.flow.land import LandReport, land
from anfl_assets.store import lake
from anfl_assets.store.ledger import Row, open_ledger
from anfl_assets.store.schema import LOAD_DATES
from anfl_assets.store.workspace import Workspace, open_workspace

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

REQUESTS = """
feeds:
  requests:
    entity: requests
    files: "requests*.csv"
    columns:
      observed_at: {from: at, format: "%Y-%m-%dT%H:%M:%S", zone: UTC}
      service: service
      latency_ms: ms
      is_error: {from: status, values: {ok: false, failed: true}}
"""
KEYED = REQUESTS + "    key: [id]\n"
HEADER = "id,at,service,ms,status"


@dataclass(frozen=True)
class Folder:
    """One organisation on disk."""

    root: Path

    @property
    def workspace(self) -> Workspace:
        """Its data folder."""
        return open_workspace(self.root / "data")

    @property
    def feeds_path(self) -> Path:
        """Its feeds file."""
        return self.root / "feeds.yaml"

    def write(self, files: Mapping[str, str]) -> None:
        """Write raw files; CSV files named requests* get their header."""
        for name, text in files.items():
            head = f"{HEADER}\n" if name.startswith("requests") else ""
            (self.root / name).write_text(head + text, encoding="utf-8")

    def land(self, *, now: datetime = NOW) -> list[LandReport]:
        """Land everything that is new."""
        return land(self.workspace, load_feeds(self.feeds_path, {}), now=now)

    def rows(self, entity: str = "requests") -> pl.DataFrame:
        """Everything in the lake, by event time; empty where nothing landed."""
        found = lake.read(self.workspace.table_path(entity))
        return pl.DataFrame() if found is None else found.sort("load_id", "date")

    def latencies(self) -> list[float]:
        """The latency of every request in the lake, sorted."""
        rows = self.rows()
        return sorted(rows["latency_ms"]) if rows.width else []

    def loads(self) -> list[Row]:
        """The ledger's loads, oldest first."""
        with open_ledger(self.workspace) as ledger:
            return ledger.loads()[::-1]

    def quarantine(self) -> list[Row]:
        """The quarantined rows that still matter, by line."""
        with open_ledger(self.workspace) as ledger:
            return sorted(ledger.quarantined(), key=lambda row: (row["load_id"], row["line"]))

    def dates(self) -> dict[int, list[str]]:
        """The event dates each load changed."""
        found: dict[int, list[str]] = {}
        with open_ledger(self.workspace) as ledger:
            for row in ledger.rows(select(LOAD_DATES).order_by(*LOAD_DATES.c)):
                found.setdefault(row["load_id"], []).append(str(row["date"]))
        return found


def folder(root: Path, feeds: str = REQUESTS, **files: str) -> Folder:
    """Make one; `files` are requests_<name>.csv without their header."""
    made = Folder(root)
    made.feeds_path.write_text(feeds, encoding="utf-8")
    made.write({f"requests_{name}.csv": text for name, text in files.items()})
    return made


def request(number: int, at: str = "2026-02-01T10:00:00", ms: float = 5.0) -> str:
    """Return one line of a requests file."""
    return f"{number},{at},search,{ms},ok\n"
