"""Canonical rows of every entity from a seed: sparse, uneven, with gaps and ties.

Each function gives the rows of one feed on some days; the same seed and days give the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import polars as pl

from anfl_assets.frames import TABLES

Row = tuple[Any, ...]
Days = Iterable[datetime]
_SECOND = timedelta(seconds=1)
_MINUTE = timedelta(minutes=1)


def table(entity: str, rows: Iterable[Row]) -> pl.DataFrame:
    """Put rows into the entity's schema."""
    return pl.DataFrame(list(rows), schema=dict(TABLES[entity].schema), orient="row")


def requests(days: Days, *, seed: int, services: tuple[str, ...]) -> pl.DataFrame:
    """A few busy and idle minutes of each service a day; some latencies are zero or missing."""

    def of_day(at: datetime, random: Random) -> Iterator[Row]:
        for service in services:
            for _ in range(random.randint(2, 6)):
                start = at + random.randrange(288) * 5 * _MINUTE
                for _ in range(random.choice((1, 2, 7, 25))):
                    latency = random.choice(
                        (None, 0.0, *(random.expovariate(0.01) for _ in range(9)))
                    )
                    yield (
                        start + random.randrange(300) * _SECOND,
                        service,
                        latency,
                        random.random() < 0.05,
                    )

    return table("requests", _each_day(days, seed, of_day))


def accesses(days: Days, *, seed: int) -> pl.DataFrame:
    """Logged requests of one service of their own and of one that performance data has as well."""

    def of_day(at: datetime, random: Random) -> Iterator[Row]:
        for _ in range(random.randint(3, 25)):
            status = random.choice((200, 200, 200, 404, 500))
            service = random.choice(("web", "web", "search"))
            yield (
                at + random.randrange(86_400) * _SECOND,
                service,
                status,
                random.uniform(1, 90),
                None,
            )

    return table("accesses", _each_day(days, seed, of_day))


def request_windows(
    days: Days, *, seed: int, window_s: int, services: tuple[str, ...], share: float
) -> pl.DataFrame:
    """A share of a day's windows, some without a request or a histogram."""

    def of_day(at: datetime, random: Random) -> Iterator[Row]:
        for service in services:
            for number in range(86_400 // window_s):
                if random.random() > share:
                    continue
                buckets = sorted(random.sample(range(100, 260), random.randint(0, 6)))
                counts = [random.randint(1, 9) for _ in buckets]
                has_histogram = random.random() < 0.8
                p95_ms = None if has_histogram else random.uniform(10, 90)
                errors = random.choice((0, 0, 1))
                yield (
                    at + number * window_s * _SECOND, float(window_s), service,
                    sum(counts) + errors, errors,
                    buckets if has_histogram else None, counts if has_histogram else None,
                    None, p95_ms, None,
                )  # fmt: skip

    return table("request_windows", _each_day(days, seed, of_day))


def probes(days: Days, *, seed: int, components: tuple[str, ...], every_h: int) -> pl.DataFrame:
    """Probes at uneven times, so that states cross midnight; some days have none."""

    def of_day(at: datetime, random: Random) -> Iterator[Row]:
        for component in components:
            for hour in range(0, 24, every_h):
                if random.random() < 0.7:
                    late = random.randrange(3600) * _SECOND
                    yield at + timedelta(hours=hour) + late, component, random.random() < 0.9, None

    return table("probes", _each_day(days, seed, of_day))


def resources(days: Days, *, seed: int) -> pl.DataFrame:
    """A few samples a day of two hosts."""

    def of_day(at: datetime, random: Random) -> Iterator[Row]:
        for _ in range(random.randint(4, 12)):
            moment = at + random.randrange(86_400) * _SECOND
            kind = random.choice(("cpu", "memory"))
            yield moment, random.choice(("a", "b")), kind, random.uniform(20, 100)

    return table("resources", _each_day(days, seed, of_day))


def scalings(days: Days, *, seed: int) -> pl.DataFrame:
    """Events that are ready at once, together, days later or never."""

    def of_day(at: datetime, random: Random) -> Iterator[Row]:
        together = at + timedelta(hours=20)
        for _ in range(random.randint(0, 3)):
            asked = at + random.randrange(18 * 3600) * _SECOND
            took = timedelta(seconds=random.choice((0, 12, 45, 300_000)))
            yield asked, random.choice((asked + took, together, None)), "search", None, None

    return table("scalings", _each_day(days, seed, of_day))


def events(days: Days, *, seed: int) -> pl.DataFrame:
    """Users who come back or not, and what they used."""

    def of_day(at: datetime, random: Random) -> Iterator[Row]:
        for _ in range(random.randint(2, 12)):
            user = f"user {int(random.paretovariate(0.6))}"
            feature = random.choice((None, "compose", "search_v2", "old"))
            yield at + random.randrange(86_400) * _SECOND, user, "used", feature, None

    return table("events", _each_day(days, seed, of_day))


def usage_windows(days: Days, *, seed: int, kinds: tuple[str, ...]) -> pl.DataFrame:
    """One window a day of each kind."""

    def of_day(at: datetime, random: Random) -> Iterator[Row]:
        for kind in kinds:
            count = float(random.randint(0, 40))
            yield at, 86_400.0, "assistant", kind, count, count + random.randint(0, 60)

    return table("usage_windows", _each_day(days, seed, of_day))


def orders(days: Days, *, seed: int) -> pl.DataFrame:
    """Sales and refunds of known and unknown customers."""

    def of_day(at: datetime, random: Random) -> Iterator[Row]:
        for number in range(random.randint(0, 5)):
            kind = random.choice(("sale", "sale", "sale", "refund"))
            amount = random.randint(1, 99_999) / 100 * (1 if kind == "sale" else -0.2)
            customer = random.choice((None, *(f"c{n}" for n in range(40))))
            order = f"{at:%Y%m%d}-{seed}-{number}"
            yield (
                at + random.randrange(86_400) * _SECOND,
                customer,
                order,
                round(amount, 2),
                "EUR",
                kind,
            )

    return table("orders", _each_day(days, seed, of_day))


def work_items(days: Days, *, seed: int) -> pl.DataFrame:
    """Items of three teams: some open, some done after a day, some after more than a year."""

    def of_day(at: datetime, random: Random) -> Iterator[Row]:
        for _ in range(random.randint(0, 4)):
            created = at + random.randrange(86_400) * _SECOND
            started = created + random.choice((1, 3, 40)) * timedelta(hours=7)
            done = started + random.choice((0.1, 2, 9, 60, 300, 380)) * timedelta(days=1)
            yield (
                created,
                random.choice((None, started, started)),
                random.choice((None, done, done)),
                random.choice(("web", "ops", "data")),
                random.choice(("fault", "feature", "deploy")),
            )

    return table("work_items", _each_day(days, seed, of_day))


def responses(days: Days, *, seed: int) -> pl.DataFrame:
    """Answers on two scales, with and without a segment."""

    def of_day(at: datetime, random: Random) -> Iterator[Row]:
        for _ in range(random.choice((0, 0, 1, 2))):
            low, high = random.choice(((1, 5), (0, 10)))
            segment = random.choice((None, "home", "work"))
            score = random.randint(low, high)
            yield at + random.randrange(86_400) * _SECOND, None, score, low, high, segment, None

    return table("responses", _each_day(days, seed, of_day))


def market_sizes(months: Iterable[date], *, seed: int) -> pl.DataFrame:
    """Monthly sizes of two markets, one of them counted in two units."""

    def of_month(first: date, random: Random) -> Iterator[Row]:
        last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        for market, unit in (("rides", "trips"), ("rides", "EUR"), ("food", "EUR")):
            for company in ("Acme", "Other", "Third"):
                amount = float(random.randint(100, 900))
                yield first, last, market, company, amount, unit, "monthly report"

    rows = (row for each in months for row in of_month(each, _random(seed, each)))
    return table("market_sizes", rows)


def _each_day(
    days: Days, seed: int, of_day: Callable[[datetime, Random], Iterator[Row]]
) -> Iterator[Row]:
    for at in days:
        yield from of_day(at, _random(seed, at.date()))


def _random(seed: int, on: date) -> Random:
    return Random(f"{seed} {on}")  # noqa: S311 - rows for a test
