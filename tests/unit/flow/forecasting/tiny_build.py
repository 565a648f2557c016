"""A published build of a handful of windows, written as literals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import polars as pl

from anfl_assets.frames import TIMESTAMP
from anfl_assets.report.published import Published, opened
from anfl_assets.store import lake
from anfl_assets.store.builds import PublishedBuild
from anfl_assets.store.workspace import Workspace

DAY = timedelta(days=1)
# Of the others only what has rows is written: a table costs more than all that is in it.
_ALWAYS_READ = ("fct_status_day", "fct_status_latest")
_LENGTHS = {"hour": timedelta(hours=1), "day": DAY, "28 days": 28 * DAY}


def midnight(day: date) -> datetime:
    """The moment a day begins."""
    return datetime.combine(day, time(), tzinfo=UTC)


@dataclass(frozen=True)
class Window:
    """One observed window, told by its end."""

    metric_id: str
    subject: str
    grain: str
    end: datetime
    value: float | None

    @property
    def row(self) -> tuple[object, ...]:
        """It as a row of the mart."""
        start = self.end - _LENGTHS[self.grain]
        day = (self.end - timedelta(microseconds=1)).date()
        return (self.metric_id, self.subject, self.grain, start, self.end, self.value, day)


def hours_of(metric_id: str, subject: str, day: date, values: Mapping[int, float]) -> list[Window]:
    """Windows of the hours of a day by the hour they begin with."""
    begin = midnight(day)
    return [
        Window(metric_id, subject, "hour", begin + timedelta(hours=hour + 1), value)
        for hour, value in values.items()
    ]


@dataclass(frozen=True)
class Tiny:
    """What a build has: windows, maintenance, and judged days as `breaches`.

    A breach is metric, subject, day and how many five minutes of it; `stands` are the subjects that
    are judged now, with the end of their newest window.
    """

    windows: Sequence[Window] = ()
    stands: Sequence[tuple[str, str, datetime]] = ()
    breaches: Sequence[tuple[str, str, date, int]] = ()
    maintenance: Sequence[tuple[str | None, datetime, datetime]] = ()


@contextmanager
def published(folder: Path, tiny: Tiny) -> Iterator[Published]:
    """Publish it and open it for reading."""
    workspace = Workspace(folder)
    frames = {
        "fct_metric_observation": _observations(tiny),
        "fct_status_latest": _latest(tiny),
        "fct_status_day": _status_days(tiny),
        "fct_annotation": _annotations(tiny),
    }
    tables = {
        name: lake.overwrite(workspace.mart_path(name), rows, metadata={})
        for name, rows in frames.items()
        if not rows.is_empty() or name in _ALWAYS_READ
    }
    at = datetime(2026, 3, 1, tzinfo=UTC)
    build = PublishedBuild("tiny", "d", 1, {}, tables, {}, at)
    with opened(workspace, build) as reading:
        yield reading


def _observations(tiny: Tiny) -> pl.DataFrame:
    schema = {
        "metric_id": pl.String(),
        "subject": pl.String(),
        "grain": pl.String(),
        "window_start_at": TIMESTAMP,
        "window_end_at": TIMESTAMP,
        "value": pl.Float64(),
        "date": pl.Date(),
    }
    return pl.DataFrame([each.row for each in tiny.windows], schema=schema, orient="row")


def _latest(tiny: Tiny) -> pl.DataFrame:
    schema = {
        "metric_id": pl.String(),
        "subject": pl.String(),
        "window_end_at": TIMESTAMP,
        "target_value": pl.Float64(),
        "threshold_value": pl.Float64(),
    }
    rows = [(*each, 80.0, 90.0) for each in tiny.stands]
    return pl.DataFrame(rows, schema=schema, orient="row")


def _status_days(tiny: Tiny) -> pl.DataFrame:
    schema = {
        "metric_id": pl.String(),
        "subject": pl.String(),
        "date": pl.Date(),
        "breached_count": pl.Int64(),
        "grain": pl.String(),
        "window_end_at": TIMESTAMP,
        "target_value": pl.Float64(),
        "threshold_value": pl.Float64(),
    }
    rows = [(*each, "5 minutes", midnight(each[2] + DAY), 80.0, 90.0) for each in tiny.breaches]
    return pl.DataFrame(rows, schema=schema, orient="row")


def _annotations(tiny: Tiny) -> pl.DataFrame:
    schema = {
        "kind": pl.String(),
        "subject": pl.String(),
        "happened_at": TIMESTAMP,
        "until_at": TIMESTAMP,
        "date": pl.Date(),
    }
    rows = [
        ("maintenance", component, start, end, start.date() + n * DAY)
        for component, start, end in tiny.maintenance
        for n in range((end.date() - start.date()).days + 1)
    ]
    return pl.DataFrame(rows, schema=schema, orient="row")
