"""The key promise of a build: day by day it computes what a build of everything computes.

One folder lives through the steps below, building after each. Every time a second folder with the
same landed rows is built from nothing, and every published table must be the same, row for row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import polars as pl
import pytest

from anfl_assets.collect.organisation import Feature, Maintenance, Organisation
from tests.integration import seeded_rows as rows
from tests.integration.seeded_lake import SeededLake, day, days, differences, feed, seeded_lake

ACME = Organisation(
    name="Acme",
    features=(
        Feature("search_v2", day("2026-02-15").date()),
        Feature("compose", day("2026-04-20").date()),
    ),
    maintenance=(
        Maintenance("api", day("2026-03-01"), day("2026-03-02")),
        Maintenance("api", day("2026-03-01") + timedelta(hours=5), day("2026-03-03")),
    ),
)
FEEDS = (
    feed("requests_eu", "requests"),
    feed("requests_us", "requests"),
    feed("logs", "accesses"),
    feed("minutes", "request_windows"),
    feed("hourly", "request_windows"),
    feed("hourly_too", "request_windows"),
    feed("daily", "request_windows"),
    feed("pings", "probes", max_carry=timedelta(hours=6)),
    feed("slow_pings", "probes", max_carry=timedelta(days=7)),
    feed("hosts", "resources"),
    feed("scaler", "scalings"),
    feed("clicks", "events"),
    feed("usage", "usage_windows"),
    feed("shop", "orders"),
    feed("shop_too", "orders"),
    feed("survey", "responses"),
    feed("board", "work_items"),
    feed("market", "market_sizes"),
)
Generator = Callable[[list[datetime]], pl.DataFrame]
GENERATORS: Mapping[str, Generator] = {
    "requests_eu": partial(rows.requests, seed=1, services=("search", "chat")),
    "requests_us": partial(rows.requests, seed=2, services=("search",)),
    "logs": partial(rows.accesses, seed=3),
    "minutes": partial(
        rows.request_windows, seed=4, window_s=60, services=("batch", "chat"), share=0.02
    ),
    "hourly": partial(
        rows.request_windows, seed=5, window_s=3600, services=("batch", "night"), share=0.3
    ),
    "hourly_too": partial(
        rows.request_windows, seed=6, window_s=1200, services=("night",), share=0.3
    ),
    "daily": partial(
        rows.request_windows, seed=7, window_s=86_400, services=("night", "chat", "tape"), share=0.8
    ),
    "pings": partial(rows.probes, seed=8, components=("api", "db"), every_h=3),
    "slow_pings": partial(rows.probes, seed=9, components=("api", "ftp"), every_h=24),
    "hosts": partial(rows.resources, seed=10),
    "scaler": partial(rows.scalings, seed=11),
    "clicks": partial(rows.events, seed=12),
    "usage": partial(rows.usage_windows, seed=13, kinds=("feature_use", "new_users")),
    "shop": partial(rows.orders, seed=14),
    "survey": partial(rows.responses, seed=16),
    "board": partial(rows.work_items, seed=22),
}
# A hundred days with a week in which nothing came; orders reach back further, for six whole months.
HISTORY = [at for at in days("2026-02-01", 100) if not day("2026-03-10") <= at < day("2026-03-17")]
ORDER_HISTORY = days("2025-09-10", 144) + HISTORY
MARKET_MONTHS = [
    day(f"{year}-{month:02}-01").date() for year in (2024, 2025) for month in range(1, 13)
]
Loads = dict[str, list[int]]


def history() -> dict[str, pl.DataFrame]:
    """What the folder begins with."""
    landed = {
        name: generate(ORDER_HISTORY if name == "shop" else HISTORY)
        for name, generate in GENERATORS.items()
    }
    return landed | {"market": rows.market_sizes(MARKET_MONTHS, seed=17)}


def a_day_more(folder: SeededLake, _: Loads) -> None:
    """The next day of every feed."""
    for name, generate in GENERATORS.items():
        folder.land(name, generate([day("2026-05-12")]))
    folder.land(
        "clicks", rows.table("events", [(day("2026-05-12"), "newcomer", "used", None, None)])
    )


def late_rows(folder: SeededLake, _: Loads) -> None:
    """Late rows of several sources, each on days that no other's reach covers."""
    first = day("2026-02-03")
    fresh = [(first + timedelta(hours=n), "fresh", 9.0, False) for n in range(24) for _ in range(9)]
    folder.land("requests_eu", rows.table("requests", fresh))
    asked = day("2026-02-11") + timedelta(hours=20)
    folder.land("scaler", rows.table("scalings", [(asked, None, "search", None, None)]))
    answer = (day("2026-02-13"), None, 2, 1, 5, "home", None)
    folder.land("survey", rows.table("responses", [answer] * 3))
    asked = day("2026-02-12") + timedelta(hours=3)
    landed = [(asked, asked, asked + timedelta(days=40), "late", kind) for kind in ("x", "deploy")]
    folder.land("board", rows.table("work_items", landed))
    # 41 days back, and believed for the seven days its feed says
    down = [(day("2026-04-01") + timedelta(hours=23), name, False, None) for name in ("ftp", "nas")]
    folder.land("slow_pings", rows.table("probes", down))
    # of users and customers every later day changes: no row of theirs is earlier than these
    users = ("newcomer", "late")
    seen = [(day("2026-05-09"), user, "used", "compose", None) for user in users]
    folder.land("clicks", rows.table("events", seen))
    sold = [(day("2026-05-09"), user, "late", 500.25, "EUR", "sale") for user in users]
    folder.land("shop", rows.table("orders", sold))
    folder.land("market", rows.market_sizes([day("2024-05-01").date()], seed=19))


def emptied_days(folder: SeededLake, loads: Loads) -> None:
    """March comes again without its last ten days; of some feeds nothing of it is left."""
    march = [at for at in HISTORY if day("2026-03-01") <= at < day("2026-03-22")]
    for name, generate in GENERATORS.items():
        keeps = [] if name in {"hosts", "survey", "scaler", "daily"} else march
        number = 6 if name == "shop" else 1
        folder.land(name, generate(keeps), replaces=(loads[name][number],))


def a_first_delivery(folder: SeededLake, _: Loads) -> None:
    """A second shop's first file, a month on: May is closed now, with nothing of May in it."""
    folder.land("shop_too", rows.orders([day("2026-06-12"), day("2026-06-13")], seed=15))


def a_gap(folder: SeededLake, loads: Loads) -> None:
    """Eight weeks later, in another quarter, some feeds come again."""
    for name in ("requests_us", "pings", "clicks", "survey", "minutes", "hosts", "board"):
        loads[name].append(folder.land(name, GENERATORS[name]([day("2026-07-09")])))
    folder.land("market", rows.market_sizes([day("2026-03-01").date()], seed=18))


def a_shorter_file(folder: SeededLake, loads: Loads) -> None:
    """The file after the gap comes again, shorter or empty: the watermarks fall back."""
    for name in ("requests_us", "pings", "clicks", "survey", "minutes", "hosts", "board"):
        shorter = GENERATORS[name]([] if name == "clicks" else [day("2026-05-20")])
        folder.land(name, shorter, replaces=(loads[name][-1],))


def an_earlier_beginning(folder: SeededLake, _: Loads) -> None:
    """Rows from before everything that is known."""
    for name in ("shop", "clicks", "requests_eu", "pings"):
        folder.land(name, GENERATORS[name]([day("2025-08-20")]))


STEPS = (
    a_day_more,
    late_rows,
    emptied_days,
    a_first_delivery,
    a_gap,
    a_shorter_file,
    an_earlier_beginning,
)
SMALL_FEEDS = (feed("shop", "orders"), feed("usage", "usage_windows"))


@dataclass(frozen=True)
class Lived:
    """What a step was built as, and where that differs from a build of everything."""

    is_full: bool
    differs: tuple[str, ...]


def _lived(folder: SeededLake, loads: Loads, root: Path, step: Callable[..., None]) -> Lived:
    step(folder, loads)
    report = folder.build()
    if report.is_full:
        return Lived(is_full=True, differs=())
    whole = folder.copy(root / step.__name__)
    whole.build()
    one, other = folder.published(), whole.published()
    assert one.keys() == other.keys()
    told = [f"{name}: {text}" for name in one for text in differences(one[name], other[name])]
    return Lived(is_full=False, differs=tuple(told))


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Lived]:
    """The folder's whole life, step by step."""
    root = tmp_path_factory.mktemp("lives")
    folder, loads = seeded_lake(root / "folder", ACME, FEEDS, history())
    folder.build()
    return {step.__name__: _lived(folder, loads, root, step) for step in STEPS}


@pytest.mark.slow
@pytest.mark.parametrize("step", [step.__name__ for step in STEPS[:-1]])
def test_an_incremental_build_equals_a_full_one_after(
    step: str, lives: Mapping[str, Lived]
) -> None:
    assert not lives[step].is_full
    assert not lives[step].differs, "\n".join(lives[step].differs)


@pytest.mark.slow
def test_rows_from_before_the_known_beginning_are_built_in_full(lives: Mapping[str, Lived]) -> None:
    assert lives[an_earlier_beginning.__name__].is_full


@pytest.mark.slow
def test_who_is_new_does_not_depend_on_the_days_a_build_sees(tmp_path: Path) -> None:
    # A product counts its new users itself; on the day more only the shop has something to tell.
    counted = rows.usage_windows(HISTORY[:40], seed=20, kinds=("new_users", "active_users"))
    landed = {"shop": rows.orders(HISTORY[:60], seed=21), "usage": counted}
    folder, loads = seeded_lake(tmp_path / "folder", ACME, SMALL_FEEDS, landed)
    folder.build()

    def the_shop_alone(folder: SeededLake, _: Loads) -> None:
        folder.land("shop", rows.orders(HISTORY[60:64], seed=21))

    lived = _lived(folder, loads, tmp_path, the_shop_alone)
    assert not lived.is_full
    assert not lived.differs, "\n".join(lived.differs)
