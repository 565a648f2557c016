"""One value a day of each subject, in the forms of the catalog, from the windows of a build.

A day counts once its own window is closed. Of hours a day has a highest one only where they cover
it: a peak of the night says nothing of the day.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from anfl_assets.catalog.forms import Form
from anfl_assets.flow.analysis.grains import of_step
from anfl_assets.forecast.series import Floats
from anfl_assets.report.published import Published

_MODEL = "fct_metric_observation"
_DAY = "day"
_DAY_S = 86_400
# Two hours between samples, as old history is often thinned to, still cover a day.
_LEAST_HOURS_OF_SIX = 3


@dataclass(frozen=True)
class Reach:
    """The days that are read, both included."""

    first: date
    last: date

    @property
    def dates(self) -> list[date]:
        """Every day of it."""
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


@dataclass(frozen=True)
class Days:
    """Everything read of a model's metrics.

    `rows`: metric_id, subject, grain, day, value; one row per closed window of a day, of a trailing
    window that ends with the day, and (grain `hour`) of the highest hour of a day that has enough.
    """

    rows: pl.DataFrame

    def grain(self, metric_id: str, form: Form) -> str | None:
        """Return the grain a form of a metric is taken from; None where it has none that fits."""
        if form.source != "moving":
            return form.source
        names = self.rows.filter(metric_id=metric_id).filter(pl.col("grain") != "hour")["grain"]
        found = of_step(names.unique().sort(), _DAY_S)
        return found.name if found else None

    def of(self, metric_id: str, form: Form) -> dict[str, tuple[date, Floats]]:
        """Return the first day and the values, gaps as NaN, of each subject that has any."""
        grain = self.grain(metric_id, form)
        own = self.rows.filter(metric_id=metric_id, grain=grain or "")
        by_subject = own.partition_by("subject", as_dict=True)
        return {str(name): _filled(rows) for (name,), rows in by_subject.items()}


def days_of(published: Published, metric_ids: Collection[str], reach: Reach) -> Days:
    """Read the days of the metrics; one query a kind of window, and only the files of the days."""
    table = published.table(_MODEL, reach.dates)
    listed = ", ".join(f"'{name}'" for name in sorted(metric_ids))
    known = (
        f"from {table} where metric_id in ({listed}) and isfinite(value) "
        f"and date between date '{reach.first}' and date '{reach.last}' "
    )
    found = published.connection.sql(
        f"select metric_id, subject, grain, date as day, value {known} "
        f"and (grain = '{_DAY}' or grain like '% days')"
    ).to_arrow_table()
    whole = pl.DataFrame(found)
    peaks = pl.DataFrame(
        published.connection.sql(
            "select metric_id, subject, 'hour' as grain, date as day, max(value) as value "
            f"{known} and grain = 'hour' group by metric_id, subject, date having {_covered()}"
        ).to_arrow_table()
    )
    closed = whole.filter(grain=_DAY)
    peaks = peaks.join(closed, on=["metric_id", "subject", "day"], how="semi")
    return Days(pl.concat([whole, peaks]).sort("metric_id", "subject", "grain", "day"))


def _covered() -> str:
    """Say that each quarter of a day has half of its hours or more."""
    return " and ".join(
        f"count(*) filter (hour(window_start_at) // 6 = {quarter}) >= {_LEAST_HOURS_OF_SIX}"
        for quarter in range(4)
    )


def _filled(rows: pl.DataFrame) -> tuple[date, Floats]:
    days = rows["day"].to_list()
    first = days[0]
    values = np.full((days[-1] - first).days + 1, np.nan)
    places = np.array([(day - first).days for day in days])
    values[places] = rows["value"].to_numpy()
    return first, values
