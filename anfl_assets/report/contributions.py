"""Who brought the last change of each metric (§3.1): rows of the lake, for digest and pages.

Computing is `flow/analysis`' work. A metric whose change could not be split has no row.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING

from anfl_assets.report.analysis_tables import stored_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from anfl_assets.report.published import Published

TABLE = "contributions"


@dataclass(frozen=True)
class ContributionRow:
    """One effect of one subject on a metric's change between two windows. Times are UTC.

    `amount`, `before` and `after` are in `unit`; a metric's amounts add up to `after - before`.
    `whole` is `all`, or says of what the mean is taken. `effect` is volume, mix, rate, numerator or
    denominator; `subject` is `(rest)` for what is nobody's.
    """

    metric_id: str
    subject: str
    effect: str
    amount: float
    unit: str
    whole: str
    before: float
    after: float
    grain: str
    window_start_at: datetime
    window_end_at: datetime
    against_start_at: datetime
    against_end_at: datetime
    computed_at: datetime
    build_id: str


def stored_contributions(
    published: Published, metric_id: str | None = None
) -> list[ContributionRow] | None:
    """Return the rows computed of this build, of one metric or of all; None where none were.

    Metrics come in the order they were computed in, the largest part of each first.
    """
    rows = stored_rows(published, TABLE, [field.name for field in fields(ContributionRow)])
    if rows is None:
        return None
    found = [ContributionRow(**row) for row in rows]
    return largest_first(row for row in found if metric_id in (None, row.metric_id))


def largest_first(rows: Iterable[ContributionRow]) -> list[ContributionRow]:
    """Sort by metric as they come, in it by the size of the part."""
    listed = list(rows)
    metrics = list(dict.fromkeys(row.metric_id for row in listed))
    return sorted(
        listed, key=lambda row: (metrics.index(row.metric_id), -abs(row.amount), row.subject)
    )
