"""§2.1 usage_analytics, orders: customers who buy each month until they leave, and refunds.

Customers grow by 10 % a month and 7.5 % of them leave; both exactly, whatever the seed. Amounts are
whole cents. Files hold Berlin's local time without offset; nobody orders at night, so the hours
that a clock change skips or repeats never occur.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from examples.company.company import CURRENCY
from examples.company.raw_files import Extract, Faulty, RawFile, split
from examples.company.timeline import DAY, SECOND, Instants, Timeline, as_times, moment

_FIRST_CUSTOMERS = 600
_GROWTH = 1.10
_LEAVE = 0.075
_ANONYMOUS = 0.06
_PRICES_CENTS = np.array([1900, 2450, 4900, 7925, 9900])
_CORRECTED = 40
_KINDS = ((0, "sale", "S"), (1, "refund", "R"), (2, "adjustment", "A"))
_KEY = ("order_id", "line")


def orders(timeline: Timeline, rng: np.random.Generator) -> Extract:
    """Feed `orders`: CSV by quarter, then a file of corrections (key order and line)."""
    sales = _sales(timeline, rng)
    lines = pl.concat([sales, _refunds(sales, rng), _adjustments(sales, rng)])
    lines = lines.filter(pl.col("at") < timeline.end).sort("at", "order", "line")
    lines = lines.with_columns(_order_id().alias("order_id"))
    corrected = lines.filter(pl.col("kind") == 0).gather_every(97).tail(_CORRECTED)
    corrected = corrected.with_columns(pl.col("quantity") + 1)
    current = lines.update(corrected, on=_KEY)
    return _extract(lines, corrected, current, timeline)


def _order_id() -> pl.Expr:
    prefix = pl.col("kind").replace_strict({code: letter for code, _, letter in _KINDS})
    return pl.format("{}{}", prefix, pl.col("order"))


def _sales(timeline: Timeline, rng: np.random.Generator) -> pl.DataFrame:
    active = np.arange(_FIRST_CUSTOMERS)
    newest, months, orders_before = _FIRST_CUSTOMERS, [], 0
    for month, (start, end) in enumerate(zip(timeline.months, timeline.months[1:], strict=False)):
        if month:
            active, newest = _next_customers(active, newest, month, rng)
        sold = _month_of_sales(active, start, end, rng)
        months.append(sold.with_columns(pl.col("order") + orders_before))
        orders_before += sold.height
    sales = pl.concat(months)
    second = sales.filter(pl.Series(rng.random(sales.height) < 0.1))
    second = second.with_columns(
        pl.lit(2, pl.Int64).alias("line"),
        pl.Series("quantity", rng.integers(1, 4, second.height)),
    )
    return pl.concat([sales, second])


def _next_customers(
    active: npt.NDArray[np.int64], newest: int, month: int, rng: np.random.Generator
) -> tuple[npt.NDArray[np.int64], int]:
    stay = rng.permutation(active)[round(_LEAVE * active.size) :]
    joined = round(_FIRST_CUSTOMERS * _GROWTH**month) - stay.size
    return np.concatenate([np.sort(stay), np.arange(newest, newest + joined)]), newest + joined


def _month_of_sales(
    active: npt.NDArray[np.int64], start: int, end: int, rng: np.random.Generator
) -> pl.DataFrame:
    """At least one sale to each active customer, and more to some; a few of these anonymous."""
    more = np.repeat(active, rng.poisson(1.0, active.size))
    customer = np.concatenate([active, np.where(rng.random(more.size) < _ANONYMOUS, -1, more)])
    return _lines(_times(start, end, customer.size, rng), customer, rng)


def _times(start: int, end: int, count: int, rng: np.random.Generator) -> Instants:
    day = rng.integers(0, (end - start) // DAY, count)
    return np.asarray(start + day * DAY + rng.integers(6 * 3600, 19 * 3600, count) * SECOND)


def _lines(at: Instants, customer: npt.NDArray[np.int64], rng: np.random.Generator) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "at": at,
            "customer": customer,
            "order": np.arange(at.size),
            "line": np.ones(at.size, dtype=np.int64),
            "quantity": rng.integers(1, 4, at.size),
            "price_cents": _PRICES_CENTS[rng.integers(0, _PRICES_CENTS.size, at.size)],
            "kind": np.zeros(at.size, dtype=np.int64),
        }
    )


def _refunds(sales: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    taken_back = sales.filter(pl.Series(rng.random(sales.height) < 0.03))
    days = pl.Series(rng.integers(1, 10, taken_back.height))
    return taken_back.with_columns(
        pl.col("at") + days * DAY,
        -pl.col("quantity"),
        pl.lit(1, pl.Int64).alias("kind"),
    )


def _adjustments(sales: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    adjusted = sales.filter(pl.Series(rng.random(sales.height) < 0.005), pl.col("line") == 1)
    return adjusted.with_columns(
        pl.lit(-1, pl.Int64).alias("customer"),
        pl.Series("quantity", rng.choice((-1, 1), adjusted.height)),
        pl.lit(500, pl.Int64).alias("price_cents"),
        pl.lit(2, pl.Int64).alias("kind"),
    )


def _canonical(lines: pl.DataFrame) -> pl.DataFrame:
    cents = pl.col("quantity") * pl.col("price_cents")
    return lines.select(
        as_times(lines["at"].to_numpy()).alias("occurred_at"),
        _customer().alias("customer_id"),
        "order_id",
        (cents.cast(pl.Decimal(18, 4)) / 100).cast(pl.Decimal(18, 4)).alias("amount"),
        pl.lit(CURRENCY).alias("currency"),
        pl.col("kind").replace_strict({code: name for code, name, _ in _KINDS}).alias("kind"),
    )


def _customer() -> pl.Expr:
    known = pl.format("c{}", pl.col("customer"))
    return pl.when(pl.col("customer") >= 0).then(known)


def _text(lines: pl.DataFrame) -> pl.DataFrame:
    at = as_times(lines["at"].to_numpy())
    local = at.dt.convert_time_zone("Europe/Berlin").dt.strftime("%d.%m.%Y %H:%M:%S")
    return lines.select(
        local.alias("ordered"),
        "order_id",
        "line",
        _customer().alias("customer"),
        "quantity",
        (pl.col("price_cents") / 100).alias("unit_price"),
        pl.lit(CURRENCY).alias("currency"),
    )


def _extract(
    lines: pl.DataFrame, corrected: pl.DataFrame, current: pl.DataFrame, timeline: Timeline
) -> Extract:
    dated = lines.with_columns(as_times(lines["at"].to_numpy()).alias("dated"))
    files = [
        RawFile(f"usage_analytics/orders_{label}.csv", _text(part), decimals=2)
        for label, part in split(dated, "dated", "quarter")
    ]
    yesterday = moment(timeline.end - DAY)
    corrections = RawFile(
        f"usage_analytics/orders_corrections_{yesterday:%Y-%m-%d}.csv",
        _text(corrected),
        _faulty(f"{yesterday:%d.%m.%Y}"),
        decimals=2,
    )
    return Extract(
        "orders", "orders", _canonical(current), (*files, corrections), superseded=corrected.height
    )


def _faulty(day: str) -> tuple[Faulty, ...]:
    foreign = [
        Faulty("another currency", f"{day} 10:00:00,S9000000{line},1,c1,1,49.00,USD")
        for line in range(4)
    ]
    return (
        *foreign,
        Faulty("one key, two bodies", f"{day} 10:00:00,S90000010,1,c1,1,49.00,{CURRENCY}"),
        Faulty("one key, two bodies", f"{day} 10:00:00,S90000010,1,c1,2,49.00,{CURRENCY}"),
        Faulty("too few fields", f"{day} 10:00:00,S90000011,1,c1"),
        Faulty("time that is none", f"31.02.2025 10:00:00,S90000012,1,c1,1,49.00,{CURRENCY}"),
        Faulty("future time", f"01.01.2199 10:00:00,S90000013,1,c1,1,49.00,{CURRENCY}"),
        Faulty("unknown kind of order", f"{day} 10:00:00,Z90000014,1,c1,1,49.00,{CURRENCY}"),
        Faulty("not a number", f"{day} 10:00:00,S90000015,1,c1,1,dear,{CURRENCY}"),
    )
