"""What subjects brought to a metric's change, as a frame; split by the analysis itself."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import polars as pl

from anfl_assets.catalog import Metric

if TYPE_CHECKING:
    from anfl_assets.report.published import Published

_UTC = pl.Datetime("us", "UTC")
SCHEMA = pl.Schema(
    {
        "subject": pl.String(),
        "effect": pl.String(),
        "amount": pl.Float64(),
        "unit": pl.String(),
        "before": pl.Float64(),
        "after": pl.Float64(),
        "whole": pl.String(),
        "grain": pl.String(),
        "window_end_at": _UTC,
        "against_end_at": _UTC,
    }
)


def contributions(
    published: Published,
    metric: Metric,
    grain: str | None,
    *,
    at: datetime | None,
    against: datetime | None,
) -> pl.DataFrame:
    """Return the parts of a change.

    Frame: SCHEMA, one row per subject and effect, largest first.
    """
    from anfl_assets.flow.analysis.contributions import explain

    change = explain(published, metric, grain=grain, at=at, against=against)
    rows = [
        {
            "subject": part.subject,
            "effect": part.effect,
            "amount": part.amount,
            "unit": change.unit,
            "before": change.before,
            "after": change.after,
            "whole": change.whole,
            "grain": change.later.grain,
            "window_end_at": change.later.end_at,
            "against_end_at": change.earlier.end_at,
        }
        for part in change.contributions
    ]
    return pl.DataFrame(rows, schema=SCHEMA)
