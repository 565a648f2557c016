"""Scored days of forecasts put into figures (§3.2), however many there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

LIVE = "live"
BACKTEST = "backtest"


@dataclass(frozen=True)
class Tally:
    """Scored days in figures: errors in MASE, coverages as shares of 1, `skill` as in a vintage.

    `skill` is None where the floor made no error at all. `smape_pct` is 0 to 200. `origins` are the
    days that forecasts were made from.
    """

    n_backtest: int
    n_live: int
    origins: int
    mase: float
    floor_mase: float
    smape_pct: float
    coverage_80: float
    coverage_95: float
    skill: float | None


def tallies(scores: pl.LazyFrame, by: Sequence[str]) -> list[tuple[tuple[Any, ...], Tally]]:
    """Return the figures of each group of scored days (rows of `ScoreRow`), each day weighing one.

    Sorted by what they are grouped by.
    """
    import polars as pl

    error = (pl.col("actual") - pl.col("mean")).abs()
    size = pl.col("actual").abs() + pl.col("mean").abs()
    floor_error = (pl.col("actual") - pl.col("floor")).abs()
    smape_pct = pl.when(size > 0).then(200 * error / size).otherwise(0.0)
    told = (
        scores.with_columns(smape_pct=smape_pct)
        .group_by(by)
        .agg(
            n_backtest=(pl.col("kind") == BACKTEST).sum().cast(pl.Int64),
            n_live=(pl.col("kind") == LIVE).sum().cast(pl.Int64),
            origins=pl.col("origin_day").n_unique().cast(pl.Int64),
            mase=(error / pl.col("scale")).mean(),
            floor_mase=(floor_error / pl.col("scale")).mean(),
            smape_pct=pl.col("smape_pct").mean(),
            **{
                f"coverage_{level}": pl.col("actual")
                .is_between(pl.col(f"lower_{level}"), pl.col(f"upper_{level}"))
                .mean()
                for level in (80, 95)
            },
        )
    )
    skill = pl.when(pl.col("floor_mase") > 0).then(1 - pl.col("mase") / pl.col("floor_mase"))
    rows = told.with_columns(skill=skill).sort(by).collect().to_dicts()
    names = [each.name for each in fields(Tally)]
    return [
        (tuple(row[name] for name in by), Tally(**{name: row[name] for name in names}))
        for row in rows
    ]
