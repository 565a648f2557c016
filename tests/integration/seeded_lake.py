"""A data folder filled with canonical rows, without files: the lake and what the ledger says of it.

`seeded_rows.py` makes the rows; here they are put in and taken out as landing does it.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from sqlalchemy import delete

from anfl_assets.collect.feed import Feed, Feeds
from anfl_assets.collect.organisation import Organisation
from anfl_assets.config.period import Period
from anfl_assets.flow.build import BuildReport, build
from anfl_assets.flow.lake_rows import Leaving, commit, event_end, event_start, provenance
from anfl_assets.store import lake, landings
from anfl_assets.store.builds import BUILDS, last_published
from anfl_assets.store.landings import Landing, Load
from anfl_assets.store.ledger import open_ledger
from anfl_assets.store.workspace import Workspace, open_workspace

NOW = datetime(2026, 8, 1, tzinfo=UTC)
_NOTHING_ASIDE = pl.DataFrame(schema={"load": pl.Int64})


def feed(name: str, entity: str, **declared: Any) -> Feed:  # noqa: ANN401 - any field of Feed
    """Declare a feed as far as a build looks at it."""
    return Feed(name, entity, Path(), (), {}, Period(1, "day"), **declared)


@dataclass(frozen=True)
class SeededLake:
    """One data folder with its feeds."""

    workspace: Workspace
    feeds: Feeds

    def land(self, name: str, rows: pl.DataFrame, *, replaces: tuple[int, ...] = ()) -> int:
        """Land rows of one feed, in the place of earlier loads; return the load's id."""
        declared = self.feeds.by_name[name]
        table = declared.table
        path = self.workspace.table_path(table.entity)
        rows = rows.cast(table.schema).with_columns(row_key=pl.lit(None, pl.String))
        gone = self._dates_of(path, replaces)
        dates = set(rows[table.event_at].cast(pl.Date)) | gone
        load = Load(
            path=f"{name}.csv",
            content_sha256="0" * 64,
            size_bytes=0,
            received=rows.height,
            accepted=rows.height,
            first_event_at=rows.select(event_start(table).min()).item(),
            last_event_at=rows.select(event_end(table).max()).item(),
            dates=frozenset(dates),
            replaces=replaces,
        )
        with open_ledger(self.workspace) as ledger:
            landing_id = f"{name}-{ledger.last_load_id()}"
            landing = Landing(
                landing_id,
                name,
                declared.source,
                table.entity,
                "0" * 64,
                NOW,
                (load,),
                _NOTHING_ASIDE,
            )
            [load_id] = landings.stage(ledger, landing)
            commit(
                path,
                provenance(rows, declared, [load_id]),
                Leaving(load_ids=replaces, dates=frozenset(gone)),
                table=table,
                metadata={"landing_id": landing_id, "feed": name},
            )
            landings.settle(ledger, landing_id, at=NOW)
        return load_id

    def build(self) -> BuildReport:
        """Build what changed; a test that failed is told by name."""
        report = build(self.workspace, self.feeds, now=NOW)
        problems = [f"{node.name}: {node.message}" for node in report.failures]
        assert not problems, "\n".join(problems)
        return report

    def published(self) -> dict[str, pl.DataFrame]:
        """Every published table at the version its last build pinned."""
        with open_ledger(self.workspace) as ledger:
            pinned = last_published(ledger)
        assert pinned is not None
        frames = {
            name: lake.read(self.workspace.mart_path(name), version=version)
            for name, version in pinned.tables.items()
        }
        return {name: frame for name, frame in frames.items() if frame is not None}

    def copy(self, root: Path) -> SeededLake:
        """Return a folder with the same landed rows in which nothing was ever built."""
        shutil.copytree(self.workspace.root, root, ignore=shutil.ignore_patterns("marts", "builds"))
        twin = SeededLake(open_workspace(root), self.feeds)
        with open_ledger(twin.workspace) as ledger, ledger.transaction() as connection:
            connection.execute(delete(BUILDS))
        return twin

    @staticmethod
    def _dates_of(path: Path, load_ids: tuple[int, ...]) -> set[date]:
        rows = lake.read(path) if load_ids else None
        return (
            set() if rows is None else set(rows.filter(pl.col("load_id").is_in(load_ids))["date"])
        )


def seeded_lake(
    root: Path,
    organisation: Organisation,
    feeds: tuple[Feed, ...],
    rows: Mapping[str, pl.DataFrame],
) -> tuple[SeededLake, dict[str, list[int]]]:
    """Make one; each feed's rows come in one load a month, whose ids are returned too."""
    made = SeededLake(open_workspace(root), Feeds(organisation, feeds, Path("feeds.yaml")))
    loads: dict[str, list[int]] = {}
    for name, frame in rows.items():
        at = pl.col(made.feeds.by_name[name].table.event_at)
        months = frame.with_columns(at.dt.truncate("1mo").alias("month")).sort("month")
        for part in months.partition_by("month", maintain_order=True, include_key=False):
            loads.setdefault(name, []).append(made.land(name, part))
    return made, loads


def differences(one: pl.DataFrame, other: pl.DataFrame) -> list[str]:
    """Say which rows two tables do not share; doubles may differ by 1e-9 of themselves."""
    names = sorted(one.columns)
    left, right = (frame.select(names).sort(names) for frame in (one, other))
    if left.equals(right):
        return []
    told = _only(left, right, "only incremental") + _only(right, left, "only full")
    if not told and left.height != right.height:
        told = [f"{left.height} rows incremental, {right.height} full, some of them twice"]
    return told


def _only(these: pl.DataFrame, those: pl.DataFrame, where: str) -> list[str]:
    rounded = pl.col(pl.Float64).round_sig_figs(9)
    left, right = these.with_columns(rounded), those.with_columns(rounded)
    rows = left.join(right, on=left.columns, how="anti", nulls_equal=True)
    told = [f"{where}: {row}" for row in rows.head(3).iter_rows(named=True)]
    return [*told, f"{where}: {rows.height} rows"] if told else []


def day(text: str) -> datetime:
    """Midnight UTC of an ISO date."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def days(first: str, count: int) -> list[datetime]:
    """Midnights of `count` days from `first` on."""
    return [day(first) + timedelta(days=n) for n in range(count)]
