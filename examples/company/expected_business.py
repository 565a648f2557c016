"""Growth and customers (§1.2): the six business metrics as they must come out at `as_of`."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import polars as pl

from examples.company import company
from examples.company.expected import Expected
from examples.company.organisation import features
from examples.company.timeline import DAY, Timeline, moment

_RECENT = timedelta(days=90)
_TRAILING = timedelta(days=30)


def _between(rows: pl.DataFrame, column: str, window: tuple[int, int]) -> pl.DataFrame:
    at = pl.col(column)
    return rows.filter(at >= moment(window[0]), at < moment(window[1]))


def user_adoption(events: pl.DataFrame, timeline: Timeline) -> Expected:
    """New users a day of the closed month on the month before."""
    first = events.group_by("user_id").agg(pl.col("occurred_at").min().alias("first_at"))
    month, before = timeline.closed_month(), timeline.closed_month(1)
    joined = _between(first, "first_at", month).height
    joined_before = _between(first, "first_at", before).height
    days, days_before = (month[1] - month[0]) // DAY, (before[1] - before[0]) // DAY
    value = 100 * ((joined / days) / (joined_before / days_before) - 1)
    return _closed("user_adoption", "month", month, value, parts=(joined, joined_before))


def revenue(orders: pl.DataFrame, timeline: Timeline) -> Expected:
    """Net revenue of three closed months on the three before, from exact cents."""
    recent = (timeline.closed_month(2)[0], timeline.closed_month()[1])
    before = (timeline.closed_month(5)[0], timeline.closed_month(3)[1])
    now, then = (
        float(_between(orders, "occurred_at", part)["amount"].sum()) for part in (recent, before)
    )
    value = 100 * (now / then - 1)
    return _closed("revenue", "month", recent, value, parts=(now, then))


def retention(orders: pl.DataFrame, timeline: Timeline) -> Expected:
    """Customers with a sale in the month before who have one in the closed month."""
    sales = orders.filter(pl.col("kind") == "sale", pl.col("customer_id").is_not_null())
    month = timeline.closed_month()
    active = set(_between(sales, "occurred_at", month)["customer_id"])
    before = set(_between(sales, "occurred_at", timeline.closed_month(1))["customer_id"])
    stayed = len(active & before)
    value = 100 * stayed / len(before)
    return _closed("retention", "month", month, value, parts=(stayed, len(before)))


def feature_adoption(events: pl.DataFrame, timeline: Timeline) -> Expected:
    """Active people of the closed week who used a feature released within 90 days of its end."""
    week = timeline.closed_week
    oldest = moment(week[1]) - _RECENT
    recent = [
        name
        for name, day in features(timeline).items()
        if oldest <= datetime.fromisoformat(day).replace(tzinfo=UTC) < moment(week[1])
    ]
    active = _between(events, "occurred_at", week)
    adopters = active.filter(pl.col("feature").is_in(recent))["user_id"].n_unique()
    people = active["user_id"].n_unique()
    value = 100 * adopters / people
    return _closed("feature_adoption", "week", week, value, parts=(adopters, people))


def _closed(
    metric_id: str,
    grain: str,
    window: tuple[int, int],
    value: float,
    *,
    parts: tuple[float, float],
) -> Expected:
    return Expected(
        metric_id,
        "all",
        grain,
        moment(window[0]),
        moment(window[1]),
        value,
        numerator=parts[0],
        denominator=parts[1],
    )


def market_share(sizes: pl.DataFrame, timeline: Timeline) -> list[Expected]:
    """Relative growth of our share of each market on the same quarter a year before."""
    start, after = timeline.closed_quarter()
    expected = []
    for market in sizes["market"].unique().sort():
        own = sizes.filter(pl.col("market") == market)
        share, before = _share(own, start), _share(own, timeline.closed_quarter(4)[0])
        expected.append(
            Expected(
                "market_share",
                market,
                "quarter",
                _midnight(start),
                _midnight(after),
                100 * (share / before - 1),
                numerator=100 * share,
                denominator=100 * before,
            )
        )
    return expected


def _share(sizes: pl.DataFrame, start: date) -> float:
    quarter = sizes.filter(pl.col("period_start_on") == start)
    ours = quarter.filter(pl.col("company") == company.NAME)
    return float(ours["amount"].sum()) / float(quarter["amount"].sum())


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


def satisfaction(responses: pl.DataFrame, timeline: Timeline) -> list[Expected]:
    """Mean on 1 to 5 of the last thirty days, of each segment and `all`."""
    start = timeline.as_of - _TRAILING
    spread = pl.col("scale_max") - pl.col("scale_min")
    scaled = responses.filter(pl.col("answered_at") >= start).with_columns(
        (1 + 4 * (pl.col("score") - pl.col("scale_min")) / spread).alias("scaled")
    )
    parts = {name: scaled.filter(pl.col("segment") == name) for name in company.SEGMENTS}
    expected = []
    for name, answers in {**parts, "all": scaled}.items():
        total = float(answers["scaled"].sum())
        expected.append(
            Expected(
                "satisfaction",
                name,
                "30 days",
                start,
                timeline.as_of,
                total / answers.height,
                numerator=total,
                denominator=answers.height,
                sample_count=answers.height,
            )
        )
    return expected
