"""Forecasts as they were kept (§3.2), for whoever shows them or alerts by them; rows of the lake.

Making and keeping them is `flow/forecasting`'s work. Every vintage stays; the standing one of a
series is the newest by origin, then by when it was made.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from anfl_assets.report.forecast_rows import (
    DAYS,
    SCORES,
    VINTAGES,
    ForecastDay,
    ScoreRow,
    VintageRow,
)
from anfl_assets.report.forecast_tables import forecast_frame, rows_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from anfl_assets.catalog.model import Forecast
    from anfl_assets.store.workspace import Workspace

__all__ = [
    "DAYS",
    "SCORES",
    "VINTAGES",
    "ForecastDay",
    "ScoreRow",
    "VintageRow",
    "days_of",
    "days_of_all",
    "foretells",
    "is_stale",
    "standing_vintages",
    "vintages_of",
]

# One series, and what makes one of its vintages newer than another.
SERIES = ("model", "metric_id", "subject", "form")
NEWER = ("origin_day", "computed_at", "vintage_id")
# An even chance: below it a crossing is less likely than not.
LIKELY = 0.5
# Whoever forecasts daily may miss a day; after two the forecast speaks of another time.
_STALE_AFTER = 2


def standing_vintages(
    workspace: Workspace, *, known_at: datetime | None = None
) -> list[VintageRow]:
    """Return the newest vintage of every series (that had been made by `known_at`).

    Sorted by model, metric, subject and form; empty where none was kept. A refused one stands too:
    it says that nothing can be told now.
    """
    import polars as pl

    frame = forecast_frame(workspace, VINTAGES, VintageRow)
    if frame is None:
        return []
    if known_at is not None:
        frame = frame.filter(pl.col("computed_at") <= known_at)
    newest = (
        frame.select(*SERIES, *NEWER)
        .sort(*NEWER)
        .group_by(SERIES)
        .agg(pl.last("vintage_id", "origin_day"))
        .collect()
    )
    stood = forecast_frame(workspace, VINTAGES, VintageRow, newest["origin_day"].unique().to_list())
    if stood is None:
        return []
    ids = newest["vintage_id"].to_list()
    return _vintages(stood.filter(pl.col("vintage_id").is_in(ids)).sort(*SERIES))


def vintages_of(
    workspace: Workspace,
    metric_id: str,
    *,
    model: str | None = None,
    subject: str | None = None,
    form: str | None = None,
    since: date | None = None,
) -> list[VintageRow]:
    """Return every vintage of a metric that was kept, the newest first.

    Only those of one model, subject or form, and with an origin on or after `since`, where asked.
    """
    import polars as pl

    frame = forecast_frame(workspace, VINTAGES, VintageRow)
    if frame is None:
        return []
    asked = {"metric_id": metric_id, "model": model, "subject": subject, "form": form}
    wanted = [pl.col(name) == value for name, value in asked.items() if value is not None]
    if since is not None:
        wanted.append(pl.col("origin_day") >= since)
    return _vintages(frame.filter(*wanted).sort(*NEWER, *SERIES, descending=True))


def days_of(workspace: Workspace, vintage_id: str) -> list[ForecastDay]:
    """Return the days of a vintage, the first one first; empty where it was refused."""
    return days_of_all(workspace, [vintage_id]).get(vintage_id, [])


def days_of_all(workspace: Workspace, vintage_ids: Sequence[str]) -> dict[str, list[ForecastDay]]:
    """Return the days of several vintages by id; one that was refused is not in it."""
    import polars as pl

    frame = forecast_frame(workspace, DAYS, ForecastDay)
    found: dict[str, list[ForecastDay]] = {}
    if frame is None:
        return found
    wanted = frame.filter(pl.col("vintage_id").is_in(list(vintage_ids)))
    for row in rows_of(wanted.sort("vintage_id", "lead_days")):
        found.setdefault(row["vintage_id"], []).append(ForecastDay(**row))
    return found


def foretells(row: VintageRow) -> bool:
    """Say whether a vintage may alert: it is trusted, and its mean will be across the threshold.

    What is across already is an alert of its own. Without the mean across, an even chance of a
    crossing somewhere in ninety days is what noise alone comes to.
    """
    return (
        row.status == "forecastable"
        and not row.is_across_now
        and row.threshold_probability is not None
        and row.threshold_probability >= LIKELY
        and row.threshold_day_expected is not None
    )


def is_stale(row: VintageRow, asked: Forecast, now: datetime) -> bool:
    """Say whether the days a vintage was made from ended too long ago to go by it.

    Too long is twice as long as the model is to be made again (a weekly one: two weeks).
    """
    every = asked.update_frequency.every
    if every is None or every.timedelta is None:
        return False
    ended_at = datetime.combine(row.origin_day + timedelta(days=1), time(), UTC)
    return now - ended_at > _STALE_AFTER * every.timedelta


def _vintages(frame: pl.LazyFrame) -> list[VintageRow]:
    return [VintageRow(**row) for row in rows_of(frame)]
