"""What the operational dashboard shows without targets (§4.1): measures of the catalog, as series.

Those with a model are read from `rpt_operational`, only the files of the stretch asked for; the one
about our own work comes from the ledger (`process.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from anfl_assets.catalog.sections import Measure
    from anfl_assets.report.published import Published

MODEL = "rpt_operational"
# Who looks at hours looks at this week.
HOURS = timedelta(days=7)


class Point(NamedTuple):
    """One closed window; `value` is in the unit of what it is a point of."""

    window_end_at: datetime
    value: float
    sample_count: int


@dataclass(frozen=True)
class Measured:
    """One number of one subject over time, the newest window last. Times are UTC.

    `statistic` says which of the measure's numbers it is, such as `items_done` or `median_days`;
    `grain` how long its windows are. A window of which nothing is known has no point.
    """

    measure_id: str
    panel: str
    subject: str
    statistic: str
    grain: str
    unit: str
    points: list[Point]


def measured(
    published: Published, measures: Iterable[Measure], *, since: datetime, until: datetime
) -> list[Measured]:
    """Return what the models have of the measures, as long a stretch as from `since` to `until`.

    It ends with the newest window by `until`: data of long ago is shown as of then. Hours are told
    for a week. In the catalog's order, the whole of each measure first. A build of before there was
    such a table has nothing of them.
    """
    panels = {each.measure_id: each.panel for each in measures}
    newest = _newest(published, until)
    if newest is None:
        return []
    since, until = newest - (until - since), newest
    # A row is filed under the day of the last moment of its window: before its end.
    first = since.date() - timedelta(days=1)
    dates = [first + timedelta(days=n) for n in range((until.date() - first).days + 1)]
    rows = published.rows(
        "select measure_id, subject, statistic, grain, unit, window_end_at, value, sample_count "
        f"from {published.table(MODEL, dates)} "
        "where window_end_at between $since and $until "
        "and list_contains($measures, measure_id) "
        "and (grain != 'hour' or window_end_at > $hours_since) "
        "order by subject != 'all', subject, statistic, grain, window_end_at",
        {
            "since": since,
            "until": until,
            "hours_since": until - HOURS,
            "measures": list(panels),
        },
    )
    found: dict[tuple[str, ...], Measured] = {}
    for row in rows:
        key = tuple(row[name] for name in ("measure_id", "subject", "statistic", "grain", "unit"))
        if key not in found:
            found[key] = _empty(key, panels[row["measure_id"]])
        found[key].points.append(Point(row["window_end_at"], row["value"], row["sample_count"]))
    order = list(panels)
    return sorted(found.values(), key=lambda each: order.index(each.measure_id))


def _newest(published: Published, until: datetime) -> datetime | None:
    """Return the newest end of a window by a moment; None without any."""
    if MODEL not in published.build.tables:
        return None
    rows = published.rows(
        f"select max(window_end_at) as newest from {published.table(MODEL)} "
        "where window_end_at <= ?",
        [until],
    )
    newest: datetime | None = rows[0]["newest"]
    return newest


def _empty(key: tuple[str, ...], panel: str) -> Measured:
    measure_id, subject, statistic, grain, unit = key
    return Measured(measure_id, panel, subject, statistic, grain, unit, [])
