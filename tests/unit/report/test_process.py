"""Process efficiency: what ended well, what failed, and what was due and did not come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from anfl_assets.catalog.sections import Measure
from anfl_assets.config.period import Period
from anfl_assets.report.process import process_efficiency
from anfl_assets.store import builds
from anfl_assets.store.definitions import redefinitions
from anfl_assets.store.ledger import Ledger, open_ledger
from anfl_assets.store.schema import LOADS
from anfl_assets.store.workspace import Workspace

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)
MEASURE = Measure("process_efficiency", "Process efficiency", "share in time", ())


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger."""
    with open_ledger(Workspace(tmp_path)) as opened:
        yield opened


def load(ledger: Ledger, at: datetime, *, feed: str = "shop", status: str = "landed") -> None:
    """A load that ended at a moment."""
    values = {
        "landing_id": f"{feed}{at}{status}", "feed": feed, "source": "usage_analytics",
        "entity": "orders", "path": "a.csv", "content_sha256": "0", "definition_sha256": "0",
        "size_bytes": 1, "status": status, "received": 0, "accepted": 0, "quarantined": 0,
        "duplicates": 0, "superseded": 0, "started_at": at,
        "landed_at": None if status == "rejected" else at,
    }  # fmt: skip
    with ledger.transaction() as connection:
        connection.execute(LOADS.insert().values(values))


def build(
    ledger: Ledger, at: datetime, *, status: str = "published", sql: str = "select 1"
) -> None:
    """A build that ended at a moment; `running` has not."""
    build_id = f"{at:%Y%m%dT%H%M%S}-abc"
    builds.begin(
        ledger, build_id, is_full=False, definition_sha256=sql, consumed_load_id=0,
        watermarks={}, started_at=at,
    )  # fmt: skip
    if status != "running":
        builds.finish(
            ledger, build_id, status=status, tables={}, finished_at=at,
            compiled={"int_a": sql, "int_b": "select 2"},
        )  # fmt: skip


def shares(ledger: Ledger, **expected: Period) -> dict[str, list[tuple[int, float, int]]]:
    """Share and number of what counted, by subject and day of the month at whose end it stands."""
    found = process_efficiency(
        ledger, MEASURE, expected=expected, since=MONDAY, until=MONDAY + 7 * DAY
    )
    return {
        each.subject: [
            (p.window_end_at.day, round(p.value, 1), p.sample_count) for p in each.points
        ]
        for each in found
    }


def test_what_failed_lowers_the_share_of_its_day(ledger: Ledger) -> None:
    for hour, status in enumerate(("landed", "replaced", "rejected")):
        load(ledger, MONDAY + timedelta(hours=hour), status=status)
    build(ledger, MONDAY + timedelta(hours=5))
    build(ledger, MONDAY + DAY, status="held")
    assert shares(ledger) == {
        "all": [(3, 75.0, 4), (4, 0.0, 1)],
        "loads": [(3, 66.7, 3)],
        "builds": [(3, 100.0, 1), (4, 0.0, 1)],
    }


def test_a_build_that_never_ended_failed_unless_it_is_the_newest(ledger: Ledger) -> None:
    build(ledger, MONDAY, status="running")
    build(ledger, MONDAY + timedelta(hours=1))
    build(ledger, MONDAY + timedelta(hours=2), status="running")
    assert shares(ledger)["builds"] == [(3, 50.0, 2)]


def test_a_delivery_that_was_due_counts_once_each_time_until_it_comes(ledger: Ledger) -> None:
    load(ledger, MONDAY - timedelta(hours=20))
    load(ledger, MONDAY + 3 * DAY)
    # due on Monday at four, on Tuesday at four and on Wednesday at four; then it comes
    assert shares(ledger, shop=Period(1, "day"))["loads"][:4] == [
        (3, 0.0, 1), (4, 0.0, 1), (5, 0.0, 1), (6, 100.0, 1),
    ]  # fmt: skip


def test_who_never_delivered_owes_nothing_and_a_quiet_week_has_no_share(ledger: Ledger) -> None:
    assert shares(ledger, shop=Period(1, "day")) == {}


def test_a_redefinition_is_found_where_the_sql_of_a_model_differs(ledger: Ledger) -> None:
    for day, sql in enumerate(("select 1", "select 1", "select 3", "select 3")):
        build(ledger, MONDAY + day * DAY, sql=sql)
    changes = redefinitions(ledger, since=MONDAY + DAY, until=MONDAY + 5 * DAY)
    assert [(each.at, each.models) for each in changes] == [
        (MONDAY + 2 * DAY, frozenset({"int_a"}))
    ]
    # the build before the stretch is what the first of it is held against
    assert redefinitions(ledger, since=MONDAY + 2 * DAY, until=MONDAY + 2 * DAY) == changes
    assert redefinitions(ledger, since=MONDAY + 3 * DAY, until=MONDAY + 9 * DAY) == []
