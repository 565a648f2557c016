"""What alerting judges: every metric, subject and window that is judged, as it stands at a moment.

The same judge as the board's. Technical metrics are read live where a running system brings them,
the others as they were built. Kept open, what a build alone says is read once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

import duckdb
import polars as pl
from deltalake.exceptions import DeltaError

from anfl_assets.collect.feed import Feeds
from anfl_assets.errors import WorkspaceError
from anfl_assets.flow.live import LivePath, open_live
from anfl_assets.report.latest import Latest, open_latest
from anfl_assets.report.published import Row, open_published
from anfl_assets.report.rejudge import LATEST, as_of_rows
from anfl_assets.store.alerts.records import Reading
from anfl_assets.store.builds import last_published
from anfl_assets.store.workspace import Workspace

_Subject = tuple[str, str]


@dataclass
class MetricReadings:
    """Open readings of one data folder, for one thread at a time; close them."""

    path: LivePath
    latest: Latest
    _built: tuple[str, list[Reading]] | None = field(default=None, init=False)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """Close both engines and the ledger."""
        self.latest.connection.close()
        self.path.engine.connection.close()
        self.path.ledger.close()

    def at(self, now: datetime) -> list[Reading]:
        """Return what stands at `now`; nothing where nothing was built or collected yet.

        Raises:
            WorkspaceError: the ledger or the lake cannot be read.
        """
        with _in_words(self.path.workspace):
            return self._at(now)

    def _at(self, now: datetime) -> list[Reading]:
        live, feeds = self.path.statuses(now=now)
        build = last_published(self.path.ledger)
        if not feeds:
            # Only a build tells something new.
            if self._built is None or build is None or self._built[0] != build.build_id:
                rows = self.latest.rows(build, live.drop("feed"), told={})
                self._built = ("" if build is None else build.build_id, [*map(_reading, rows)])
            return self._built[1]
        told = {f"{feed.name}/{feed.entity}": feed.told_at for feed in feeds}
        rows = self.latest.rows(build, live.drop("feed"), told=told)
        by = live.drop_nulls("feed").select("metric_id", "subject", "feed").unique()
        brought = {(metric_id, subject): feed for metric_id, subject, feed in by.iter_rows()}
        return [_reading(row, brought) for row in rows]


def open_readings(workspace: Workspace, feeds: Feeds) -> MetricReadings:
    """Open the readings of a data folder.

    Raises:
        BuildError: the models cannot be compiled.
        WorkspaceError: the ledger cannot be opened.
    """
    path = open_live(workspace, feeds)
    return MetricReadings(path, open_latest(workspace, path.compiled, path.engine.metrics()))


def readings_as_of(workspace: Workspace, moment: datetime) -> list[Reading]:
    """Return what stood at a moment, of the windows that had ended by then, as now published.

    Raises:
        WorkspaceError: nothing was published, or only by an earlier version.
    """
    with open_published(workspace) as published:
        if LATEST not in published.build.compiled:
            raise WorkspaceError(
                f"{workspace.root}: its last build is of an earlier version, which judged no "
                "window by itself; run `anfl run`"
            )
        return [_reading(row) for row in as_of_rows(published, moment, LATEST)]


@contextmanager
def _in_words(workspace: Workspace) -> Iterator[None]:
    """Say what the libraries say of a lake that cannot be read at this moment."""
    try:
        yield
    except (duckdb.Error, DeltaError, pl.exceptions.PolarsError, OSError) as error:
        message = f"{workspace.root}: the lake cannot be read now: {error}; it is tried again"
        raise WorkspaceError(message) from error


def _reading(row: Row, brought: Mapping[_Subject, str] | None = None) -> Reading:
    """Say a row of `fct_status_latest` as a reading; a window is judged when it has ended."""
    return Reading(
        metric_id=row["metric_id"],
        subject=row["subject"],
        grain=row["grain"],
        status=row["status"],
        value=row["value"],
        unit=row["unit"],
        target=row["target_value"],
        target_operator=row["target_operator"],
        threshold=row["threshold_value"],
        sample_count=row["sample_count"],
        since=row["since_at"],
        window_start_at=row["window_start_at"],
        window_end_at=row["window_end_at"],
        judged_at=row["window_end_at"],
        is_alertable=row["is_alertable"],
        feed=(brought or {}).get((row["metric_id"], row["subject"])),
    )
