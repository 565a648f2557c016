"""A folder of daily series whose last 90 days are to be forecast, and the scorer's protocol.

The folder holds `series.parquet` (series_id, date, value) and may hold `score.py`, which reads
forecasts in the form written here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from anfl_assets.forecast.series import WEEK, Bounds, DailySeries, Floats

HIDDEN_DAYS = 90
HORIZONS = (30, 90)
BANDS = ("mean", "lower_80", "upper_80", "lower_95", "upper_95")


@dataclass(frozen=True)
class Asked:
    """A series up to an origin, and the 90 days after it that the forecast does not see."""

    series_id: str
    cut_days: int
    past: DailySeries
    hidden: Floats


@dataclass(frozen=True)
class Score:
    """Errors and coverage over the first `horizon_days` days, those with an observation."""

    mase: float
    smape_pct: float
    coverage_80: float
    coverage_95: float


def read_folder(folder: Path) -> dict[str, tuple[date, Floats]]:
    """Return each series' first day and its values by calendar day, NaN where there is none."""
    frame = pl.read_parquet(folder / "series.parquet").with_columns(pl.col("date").cast(pl.Date))
    return {
        str(name): _by_day(rows)
        for (name,), rows in frame.sort("series_id", "date").group_by(
            ["series_id"], maintain_order=True
        )
    }


def asked_at(series_id: str, whole: tuple[date, Floats], cut_days: int) -> Asked | None:
    """Cut a series `cut_days` before its end; None where too little is left of it.

    A unit is not in the folder: a series never seen below zero is held to be one that cannot be.
    """
    first_day, values = whole
    end = values.size - cut_days
    if end < HIDDEN_DAYS:
        return None
    past = values[:end]
    lower = 0.0 if np.nanmin(past) >= 0 else None
    series = DailySeries(first_day, past, Bounds(lower), np.zeros(end, dtype=bool))
    return Asked(series_id, cut_days, series, values[end : end + HIDDEN_DAYS])


def score(asked: Asked, bands: Floats, horizon_days: int) -> Score:
    """Score shape (90, 5) or (90, 1) by the folder's protocol; without intervals they are NaN."""
    past = asked.past.values
    scale = float(np.nanmean(np.abs(past[WEEK:] - past[:-WEEK])))
    seen = np.isfinite(asked.hidden[:horizon_days])
    truth, made = asked.hidden[:horizon_days][seen], bands[:horizon_days][seen]
    missed = np.abs(truth - made[:, 0])
    span = np.maximum(np.abs(truth) + np.abs(made[:, 0]), 1e-12)
    covers = [
        float(((truth >= made[:, low]) & (truth <= made[:, low + 1])).mean())
        if made.shape[1] > low
        else np.nan
        for low in (1, 3)
    ]
    return Score(float(missed.mean() / scale), float((200 * missed / span).mean()), *covers)


def write_forecasts(path: Path, made: list[tuple[Asked, Floats]]) -> None:
    """Write the forecasts in the scorer's form, one row for each series and day."""
    frames = [
        pl.DataFrame(bands, schema=dict.fromkeys(BANDS, pl.Float64)).select(
            pl.lit(asked.series_id).alias("series_id"),
            pl.Series("date", _days_after(asked.past)),
            *BANDS,
        )
        for asked, bands in made
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    pl.concat(frames).write_parquet(path)


def _days_after(past: DailySeries) -> list[date]:
    return [past.last_day + timedelta(days=lead) for lead in range(1, HIDDEN_DAYS + 1)]


def _by_day(rows: pl.DataFrame) -> tuple[date, Floats]:
    days = rows["date"].to_numpy().astype("datetime64[D]")
    places = (days - days[0]).astype(int)
    values = np.full(places[-1] + 1, np.nan)
    values[places] = rows["value"].to_numpy()
    return rows["date"][0], values
