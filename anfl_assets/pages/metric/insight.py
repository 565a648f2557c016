"""What was found out about a metric: its trends in words, and who brought its last change."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from anfl_assets.catalog import Metric
from anfl_assets.report.analysis_tables import VERDICT_LOOKS
from anfl_assets.report.contributions import ContributionRow, stored_contributions
from anfl_assets.report.metric_words import difference_words, precise, value_words
from anfl_assets.report.published import Published
from anfl_assets.report.trends import TrendRow, difference_unit, stored_trends
from anfl_assets.wording.looks import Look
from anfl_assets.wording.numbers import change, span

_TRENDS_SHOWN = 24
_MOVES = ("worsening", "improving")
_PARTS_SHOWN = 8
# What a change is called that rounds to nothing.


@dataclass(frozen=True)
class Trend:
    """One trend of one subject in words."""

    window: str
    subject: str
    verdict: str
    look: Look
    change: str
    reason: str

    @property
    def is_move(self) -> bool:
        """Whether it surely becomes worse or better."""
        return self.verdict in _MOVES


@dataclass(frozen=True)
class Part:
    """What one subject brought to the change by one effect; `share` of the largest, 0 to 100."""

    subject: str
    effect: str
    amount: str
    share: int
    is_worse: bool


@dataclass(frozen=True)
class Drivers:
    """Who brought the last change; the parts that are not shown are summed up in the last one."""

    whole: str
    before: str
    after: str
    change: str
    ended_at: datetime
    against_at: datetime
    parts: Sequence[Part]


def trends(published: Published, metric_id: str, subjects: Collection[str]) -> list[Trend] | None:
    """Return the trends of a metric's subjects, worst first; None where none were computed."""
    found = stored_trends(published)
    if found is None:
        return None
    wanted = [row for row in found if row.metric_id == metric_id and row.subject in subjects]
    wanted.sort(key=lambda row: list(VERDICT_LOOKS).index(row.verdict))
    return [_trend(row) for row in wanted[:_TRENDS_SHOWN]]


def drivers(published: Published, metric: Metric) -> Drivers | None:
    """Return who brought a metric's last change; None where it could not be split, or is none."""
    rows = stored_contributions(published, metric.metric_id)
    if not rows:
        return None
    one = rows[0]
    moved = precise(one.after - one.before)
    if moved == 0:
        return None
    return Drivers(
        whole=one.whole,
        before=value_words(one.before, metric),
        after=value_words(one.after, metric),
        change=difference_words(moved, metric.unit.value),
        ended_at=one.window_end_at,
        against_at=one.against_end_at,
        parts=_parts(rows, metric),
    )


def _trend(row: TrendRow) -> Trend:
    return Trend(
        window=span(row.window_end_at - row.window_start_at),
        subject=row.subject,
        verdict=row.verdict,
        look=VERDICT_LOOKS[row.verdict],
        change=change(row.told, difference_unit(row.unit)),
        reason=row.reason,
    )


def _parts(rows: Sequence[ContributionRow], metric: Metric) -> list[Part]:
    largest = abs(rows[0].amount) or 1.0
    lower_is_better = metric.direction == "lower_is_better"

    def part(subject: str, effect: str, amount: float) -> Part:
        share = min(round(100 * abs(amount) / largest), 100)
        words = change(amount, difference_unit(rows[0].unit))
        return Part(subject, effect, words, share, (amount > 0) == lower_is_better)

    shown = [part(row.subject, row.effect, row.amount) for row in rows[:_PARTS_SHOWN]]
    rest = rows[_PARTS_SHOWN:]
    if rest:
        shown.append(part(f"{len(rest)} more", "", sum(row.amount for row in rest)))
    return shown
