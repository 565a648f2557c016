"""The ledger: it adds up, it stages and settles, and it says when it cannot be used."""

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from anfl_assets.errors import WorkspaceError
from anfl_assets.store import landings
from anfl_assets.store.landings import Landing, Load
from anfl_assets.store.ledger import Ledger, open_ledger
from anfl_assets.store.schema import SCHEMA_VERSIONS
from anfl_assets.store.workspace import Workspace

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = date(2026, 2, 1)


@pytest.fixture
def root(with_ledger: Workspace) -> Path:
    return with_ledger.root


def ledger_in(root: Path) -> Ledger:
    return open_ledger(Workspace(root))


def load(path: str = "a.csv", **values: Any) -> Load:  # noqa: ANN401 - any field of a load
    counts = {"received": 3, "accepted": 2, "quarantined": 1} | values
    return Load(path, f"{path:0<64}", 100, **counts)


def landing(landing_id: str, *loads: Load, feed: str = "requests") -> Landing:
    quarantined = pl.DataFrame(
        {
            "load": [position for position, item in enumerate(loads) if item.quarantined],
            "line": [3 for item in loads if item.quarantined],
            "rule": ["late" for item in loads if item.quarantined],
            "reason": ["100% too late" for item in loads if item.quarantined],
            "body": ["{}" for item in loads if item.quarantined],
        }
    )
    return Landing(
        landing_id=landing_id,
        feed=feed,
        source="performance_data",
        entity="requests",
        definition_sha256="d" * 64,
        started_at=NOW,
        loads=loads,
        quarantined=quarantined,
        results=(
            {
                "rule": "on_time",
                "expectation": "expect_column_values_to_be_between",
                "kwargs": {"column": "observed_at"},
                "severity": "warning",
                "success": False,
                "element_count": 3,
                "unexpected_count": 1,
                "unexpected_pct": 33.3,
            },
        ),
    )


def statuses(ledger: Ledger) -> list[str]:
    return [row["status"] for row in ledger.loads()[::-1]]


def test_a_new_ledger_is_empty(tmp_path: Path) -> None:
    with ledger_in(tmp_path) as ledger:
        assert ledger.loads() == []
        assert (ledger.last_load_id(), ledger.last_events()) == (0, {})
        assert (ledger.dates_since(0), ledger.quarantine_summary()) == ({}, [])


def test_settings_are_kept_and_replaced(root: Path) -> None:
    with ledger_in(root) as ledger:
        assert ledger.setting("feeds_path") is None
        ledger.keep_setting("feeds_path", "a.yaml")
        ledger.keep_setting("feeds_path", "b.yaml")
    with ledger_in(root) as ledger:
        assert ledger.setting("feeds_path") == "b.yaml"


def test_it_survives_power_cuts_as_sqlite_promises(tmp_path: Path) -> None:
    with ledger_in(tmp_path) as ledger, ledger.engine.connect() as connection:
        told = [
            connection.exec_driver_sql(f"pragma {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert told == ["wal", 2, 1]


def test_a_load_that_does_not_add_up_is_refused_whole(root: Path) -> None:
    with ledger_in(root) as ledger:
        with pytest.raises(IntegrityError, match="nothing_is_lost"):
            landings.stage(ledger, landing("one", load(), load("b.csv", received=4)))
        assert ledger.loads() == []


def test_a_staged_landing_does_not_count_until_it_is_settled(root: Path) -> None:
    staged = landing("one", load(dates=frozenset({DAY}), last_event_at=NOW))
    with ledger_in(root) as ledger:
        assert landings.stage(ledger, staged) == [1]
        assert (ledger.last_load_id(), ledger.dates_since(0), ledger.last_events()) == (0, {}, {})
        landings.settle(ledger, "one", at=NOW)
        assert ledger.last_load_id() == 1
        assert ledger.dates_since(0) == {"requests": {DAY}}
        assert ledger.last_events() == {"requests": NOW}
        assert ledger.dates_since(1) == {}


def test_a_landing_taken_back_leaves_nothing_and_its_id_is_not_used_again(root: Path) -> None:
    with ledger_in(root) as ledger:
        landings.stage(ledger, landing("one", load(dates=frozenset({DAY}))))
        landings.take_back(ledger, "one")
        assert (ledger.loads(), ledger.quarantined(), ledger.suite_results("one")) == ([], [], [])
        assert landings.stage(ledger, landing("two", load())) == [2]
        assert [row["landing_id"] for row in landings.staged(ledger)] == ["two"]


def test_a_replaced_load_keeps_its_place_until_the_new_one_is_settled(root: Path) -> None:
    with ledger_in(root) as ledger:
        landings.stage(ledger, landing("one", load()))
        landings.settle(ledger, "one", at=NOW)
        landings.stage(ledger, landing("two", load(replaces=(1,))))
        assert statuses(ledger) == ["landed", "staged"]
        landings.take_back(ledger, "two")
        assert ledger.loads()[0]["replaced_by"] is None
        landings.stage(ledger, landing("three", load(replaces=(1,))))
        landings.settle(ledger, "three", at=NOW)
        assert statuses(ledger) == ["replaced", "landed"]


def test_quarantined_rows_of_a_replaced_load_are_shown_on_request_only(root: Path) -> None:
    with ledger_in(root) as ledger:
        for number, replaces in (("one", ()), ("two", (1,))):
            landings.stage(ledger, landing(number, load(replaces=replaces)))
            landings.settle(ledger, number, at=NOW)
        assert [row["load_id"] for row in ledger.quarantined()] == [2]
        assert [row["load_id"] for row in ledger.quarantined(load_id=1)] == [1]
        assert [row["row_count"] for row in ledger.quarantine_summary()] == [1]


def test_a_rejected_load_stays_rejected(root: Path) -> None:
    with ledger_in(root) as ledger:
        whole = load(accepted=0, quarantined=3, is_rejected=True)
        landings.stage(ledger, landing("one", whole))
        landings.settle(ledger, "one", at=NOW)
        assert statuses(ledger) == ["rejected"]
        assert landings.staged(ledger) == []


@pytest.mark.parametrize(
    ("reason", "found"), [("too late", 1), ("LATE", 1), ("100%", 1), ("1%t", 0), ("late", 1)]
)
def test_a_reason_is_searched_as_plain_text(root: Path, reason: str, found: int) -> None:
    with ledger_in(root) as ledger:
        landings.stage(ledger, landing("one", load()))
        assert len(ledger.quarantined(reason=reason)) == found
        assert len(ledger.quarantined(reason=reason, feed="other")) == 0


def test_moments_come_back_in_utc(root: Path) -> None:
    at = NOW.astimezone(timezone(timedelta(hours=5)))
    with ledger_in(root) as ledger:
        landings.stage(ledger, landing("one", load(first_event_at=at)))
        assert ledger.loads()[0]["first_event_at"].isoformat() == "2026-03-01T12:00:00+00:00"


def test_suite_results_are_kept_per_landing(root: Path) -> None:
    with ledger_in(root) as ledger:
        landings.stage(ledger, landing("one", load()))
        (result,) = ledger.suite_results("one")
    assert (result["rule"], result["success"], result["kwargs"]) == (
        "on_time",
        False,
        {"column": "observed_at"},
    )


def test_a_ledger_of_a_newer_program_is_refused(root: Path) -> None:
    with ledger_in(root) as ledger, ledger.transaction() as connection:
        connection.execute(update(SCHEMA_VERSIONS).values(version=99))
    with pytest.raises(WorkspaceError, match="found ledger version 99; expected 1"):
        ledger_in(root)


def test_a_damaged_ledger_is_told_in_words(tmp_path: Path) -> None:
    path = Workspace(tmp_path).state_path
    path.parent.mkdir()
    path.write_bytes(b"this is no database" * 100)
    with pytest.raises(WorkspaceError, match="cannot be used"):
        ledger_in(tmp_path)


def test_a_ledger_that_cannot_be_opened_is_told_in_words(tmp_path: Path) -> None:
    Workspace(tmp_path).state_path.mkdir(parents=True)
    with pytest.raises(WorkspaceError, match="this user may not write there"):
        ledger_in(tmp_path)
