"""The state of alerting in its own file: everything of the suites, and opening it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from anfl_assets.errors import WorkspaceError
from anfl_assets.store.alerts import tables
from anfl_assets.store.alerts.failures import explained
from anfl_assets.store.alerts.records import Condition, ConditionKey, Decision, Incident, Member
from anfl_assets.store.alerts.store import AlertStore, open_alerts
from anfl_assets.store.workspace import Workspace
from tests.unit.store.alert_outbox_suite import OutboxSuite
from tests.unit.store.alert_queue_suite import QueueSuite
from tests.unit.store.alert_records import NOW, notice
from tests.unit.store.alert_state_suite import StateSuite


@pytest.fixture
def store(with_alerts: Workspace) -> Iterator[AlertStore]:
    with open_alerts(with_alerts) as opened:
        yield opened


class TestStateInSqlite(StateSuite):
    """The state, in SQLite."""


class TestOutboxInSqlite(OutboxSuite):
    """The outbox, in SQLite."""


class TestQueueInSqlite(QueueSuite):
    """The outbox as a whole, in SQLite."""


def test_every_field_of_a_record_has_a_column() -> None:
    beside = {"key", "condition", "deadlines", "told", "queued"}
    kept = {
        Condition: tables.CONDITIONS,
        Incident: tables.INCIDENTS,
        Member: tables.MEMBERS,
        Decision: tables.DECISIONS,
    }
    for record, table in kept.items():
        named = {each.name for each in fields(record)} - beside
        added = {*ConditionKey._fields, "decision_id"} - named
        assert {column.name for column in table.c} - added == named


def test_what_was_committed_is_on_the_disk(store: AlertStore) -> None:
    with store.reading() as connection:
        told = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    assert told == ["wal", 2, 1, 30_000]


def test_what_is_kept_is_there_after_opening_again(tmp_path: Path) -> None:
    for key in ("1", "2"):
        with open_alerts(Workspace(tmp_path)) as opened:
            opened.add([notice(key)], now=NOW)
    assert (tmp_path / "state" / "alerts.sqlite").exists()
    with open_alerts(Workspace(tmp_path)) as opened:
        assert [each.send_key for each in opened.waiting()] == ["1", "2"]


def test_many_may_open_a_new_state_at_once(tmp_path: Path) -> None:
    def use(key: str) -> None:
        with open_alerts(Workspace(tmp_path)) as opened:
            opened.add([notice(key)], now=NOW)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(use, "abcdefgh"))
    with open_alerts(Workspace(tmp_path)) as opened:
        assert sorted(each.send_key for each in opened.waiting()) == list("abcdefgh")


@pytest.mark.parametrize(("version", "age"), [(2, "newer"), (0, "older")])
def test_the_state_of_another_version_is_left_alone(tmp_path: Path, version: int, age: str) -> None:
    open_alerts(Workspace(tmp_path)).close()
    path = tmp_path / "state" / "alerts.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("update alert_schema set version = ?", (version,))
    connection.close()
    expected = rf"alerts\.sqlite: expected .* version 1, found {version}, of a {age} program; use"
    with pytest.raises(WorkspaceError, match=expected):
        open_alerts(Workspace(tmp_path))


def test_a_file_that_is_no_database_is_told_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "state" / "alerts.sqlite"
    path.parent.mkdir()
    path.write_bytes(b"not SQLite " * 500)
    with pytest.raises(WorkspaceError, match=r"alerts\.sqlite: .* damaged .*; move the file"):
        open_alerts(Workspace(tmp_path))


def test_damage_inside_is_told_with_what_to_do(tmp_path: Path) -> None:
    with open_alerts(Workspace(tmp_path)) as opened:
        opened.add([notice(str(each), body="x" * 2000) for each in range(50)], now=NOW)
    path = tmp_path / "state" / "alerts.sqlite"
    content = bytearray(path.read_bytes())
    content[8192:] = b"\xff" * (len(content) - 8192)
    path.write_bytes(content)
    with pytest.raises(WorkspaceError, match=r"damaged .* malformed"):
        open_alerts(Workspace(tmp_path))


def test_damage_that_the_driver_itself_finds_is_told_alike() -> None:
    engine = create_engine("sqlite:///alerts.sqlite")
    with pytest.raises(WorkspaceError, match="damaged"), explained(engine):
        raise sqlite3.DatabaseError("database disk image is malformed")


def test_a_full_disk_is_told_and_nothing_half_is_kept(store: AlertStore) -> None:
    store.add([notice("before")], now=NOW)

    def limit(connection: sqlite3.Connection) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 1}")

    with store.engine.connect() as connection:
        limit(connection.connection.driver_connection)  # type: ignore[arg-type]
    many = [notice(str(each), body="x" * 5000) for each in range(50)]
    with pytest.raises(WorkspaceError, match=r"alerts\.sqlite: no space left"):
        store.add(many, now=NOW)
    assert [each.send_key for each in store.waiting()] == ["before"]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    with pytest.raises(WorkspaceError, match=r"state: cannot be made: File exists"):
        open_alerts(Workspace(tmp_path))


@pytest.mark.parametrize(
    "url", ["mysql://u:canary@host/db", "canary", "postgresql://u:canary@h:x/"]
)
def test_a_url_that_cannot_be_used_is_told_without_its_password(tmp_path: Path, url: str) -> None:
    with pytest.raises(WorkspaceError, match=r"expected postgresql://") as told:
        open_alerts(Workspace(tmp_path), url)
    assert "canary" not in str(told.value)
