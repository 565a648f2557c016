"""Our own builds as rows: how long the numbers took to be there since they were asked for.

A build is told twice: when it is seen running, and when it has ended (the later row replaces the
earlier by `build`). Only a published build brought what was asked for: a failed, held or killed one
is never ready.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
from sqlalchemy import select

from anfl_assets.collect.batch import LINE, Batch, unsplit_frame
from anfl_assets.collect.connect.connector import Pull, Pulled
from anfl_assets.frames import TABLES, Table
from anfl_assets.store.builds import BUILDS
from anfl_assets.store.ledger import open_ledger
from anfl_assets.store.workspace import Workspace

_SERVICE = "anfl build"
_TEAM = "data team"
_AT_ONCE = 1000
SCALINGS = TABLES["scalings"]
WORK_ITEMS = TABLES["work_items"]
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Told:
    """Which builds were told: all up to `settled` for good, those of `running` before their end."""

    settled: int = 0
    running: tuple[int, ...] = ()

    def text(self) -> str:
        """Return it as a cursor."""
        return json.dumps({"settled": self.settled, "running": self.running})


def read_told(cursor: str | None) -> Told:
    """Return what a cursor says; None: nothing was told."""
    if cursor is None:
        return Told()
    content = json.loads(cursor)
    return Told(content["settled"], tuple(content["running"]))


class BuildsPull(Pull):
    """An open ledger."""

    def __init__(self, workspace: Workspace, table: Table) -> None:
        """Open the ledger of the workspace; rows are those of `table`."""
        self._ledger = open_ledger(workspace)
        self._table = table

    def pull(self, cursor: str | None, *, now: datetime) -> Pulled:
        """Return the builds begun or ended since `cursor`, oldest first."""
        told = read_told(cursor)
        query = (
            select(BUILDS)
            .where(BUILDS.c.build_seq > told.settled)
            .order_by(BUILDS.c.build_seq)
            .limit(_AT_ONCE)
        )
        builds = self._ledger.rows(query)
        fresh, after = news(builds, told)
        has_more = len(builds) == _AT_ONCE
        return Pulled(_batch(fresh, self._table), after.text(), None if has_more else now, has_more)

    def close(self) -> None:
        """Give the ledger back."""
        self._ledger.close()


def news(builds: Sequence[Row], told: Told) -> tuple[list[Row], Told]:
    """Return the builds that are to be told now, and what has been told then.

    `builds` are all after `told.settled`, oldest first. Builds run one at a time: one that seems to
    run while a later one has begun was killed, and stays without an end.
    """
    last = builds[-1]["build_seq"] if builds else 0
    running = [build for build in builds if build["status"] == "running"]
    alive = [build["build_seq"] for build in running if build["build_seq"] == last]
    fresh = [
        build
        for build in builds
        if build["status"] != "running" or build["build_seq"] not in told.running
    ]
    settled = max(told.settled, last - len(alive))
    return fresh, Told(settled, tuple(alive))


def _batch(builds: Sequence[Row], table: Table) -> Batch:
    row = _scaling if table is SCALINGS else _work_item
    rows = pl.DataFrame(
        [
            {**row(build), "build": build["build_id"], LINE: line}
            for line, build in enumerate(builds, start=1)
        ],
        schema={**table.schema, "build": pl.String(), LINE: pl.Int64()},
    )
    return Batch(rows, unsplit_frame([]))


def _scaling(build: Row) -> dict[str, object]:
    return {
        "requested_at": build["started_at"],
        "ready_at": _ready_at(build),
        "service": _SERVICE,
        "from_units": None,
        "to_units": None,
    }


def _work_item(build: Row) -> dict[str, object]:
    return {
        "created_at": build["started_at"],
        "started_at": build["started_at"],
        "done_at": _ready_at(build),
        "team": _TEAM,
        "kind": "full build" if build["is_full"] else "incremental build",
    }


def _ready_at(build: Row) -> datetime | None:
    found: datetime | None = build["finished_at"] if build["status"] == "published" else None
    return found
