"""A source of numbered rows: JSON lines that somebody appends to a file, asked through a connector.

Beside the file, others make it fail: `<file>.down`, `<file>.garbage`, and `<file>.slow` (seconds).
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import polars as pl

from anfl_assets.collect.batch import LINE, Batch
from anfl_assets.collect.collected import REJECTS
from anfl_assets.collect.connect.connector import Connector, Pull, Pulled
from anfl_assets.collect.connect.connectors import CONNECTORS
from anfl_assets.config.expand import Environment
from anfl_assets.config.section import Section
from anfl_assets.errors import SourceError, SourceUnavailable
from anfl_assets.store.workspace import Workspace

FEED = """
  {name}:
    entity: requests
    growing: {path}
    every: 1 second
    columns:
      observed_at: {{from: at, format: "%Y-%m-%dT%H:%M:%SZ", zone: UTC}}
      service: service
      latency_ms: n
      is_error: {{from: status, values: {{ok: false, failed: true}}}}
"""
FIRST_AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
_COLUMNS = ("at", "service", "n", "status")


@dataclass(frozen=True)
class Growing(Connector):
    """The file at `path`, `rows_a_pull` lines at a time."""

    path: Path
    rows_a_pull: int = 100
    is_momentary = False

    @property
    def address(self) -> str:
        """The file."""
        return str(self.path)

    def open(self, workspace: Workspace, needed: tuple[str, ...]) -> Pull:
        """Open it."""
        del workspace, needed
        return _Growing(self)


@dataclass
class _Growing(Pull):
    source: Growing

    def pull(self, cursor: str | None, *, now: datetime) -> Pulled:
        path = self.source.path
        if path.with_suffix(".down").exists():
            raise SourceUnavailable(f"{path.name}: connection refused")
        if path.with_suffix(".garbage").exists():
            raise SourceError(f"{path.name}: expected JSON lines, found <html>")
        if path.with_suffix(".slow").exists():
            time.sleep(float(path.with_suffix(".slow").read_text()))
        offset = json.loads(cursor) if cursor else 0
        with path.open("rb") as file:
            file.seek(offset)
            lines = list(islice(file, self.source.rows_a_pull + 1))
        whole = [line for line in lines if line.endswith(b"\n")]
        taken = whole[: self.source.rows_a_pull]
        rows = [{LINE: n, **json.loads(line)} for n, line in enumerate(taken, 1)]
        schema = {LINE: pl.Int64(), **{name: pl.String() for name in _COLUMNS}}
        after = offset + sum(map(len, taken))
        return Pulled(
            Batch(pl.DataFrame(rows, schema=schema), pl.DataFrame(schema=REJECTS)),
            json.dumps(after),
            now,
            has_more=len(whole) > len(taken),
        )

    def close(self) -> None:
        pass


def register() -> None:
    """Let feeds files say `growing: PATH`."""

    def read(feed: Section, env: Environment) -> Connector:
        del env
        return Growing(Path(feed.text("growing") or ""))

    CONNECTORS["growing"] = read  # type: ignore[index]  # a dict: only this test adds to it


def line(number: int) -> str:
    """Return the row of a number: each tenth cannot be read, each tenth after it breaks a rule."""
    status = "what?" if number % 10 == 3 else "ok"
    at = FIRST_AT + timedelta(seconds=number % 3600)
    value = -number if number % 10 == 7 else number
    row = {"at": f"{at:%Y-%m-%dT%H:%M:%SZ}", "service": "s", "n": str(value), "status": status}
    return json.dumps(row) + "\n"


def is_bad(number: int) -> bool:
    """Whether the number's row must end in quarantine."""
    return number % 10 in (3, 7)
