"""The state of alerting in PostgreSQL holds to what it does in SQLite, also between processes."""

from __future__ import annotations

import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from anfl_assets.errors import WorkspaceError
from anfl_assets.store.alerts.store import AlertStore, open_alerts
from anfl_assets.store.workspace import Workspace
from tests.integration.postgresql_server import PASSWORD, Server, binaries, postgresql
from tests.unit.store.alert_outbox_suite import OutboxSuite, held
from tests.unit.store.alert_queue_suite import QueueSuite
from tests.unit.store.alert_records import NOW, at, condition, incident, notice, outcome
from tests.unit.store.alert_state_suite import StateSuite, keep, opened

pytestmark = pytest.mark.skipif(binaries() is None, reason="PostgreSQL's programs are absent")
REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with postgresql() as running:
        yield running


@pytest.fixture
def url(server: Server) -> str:
    """Return the address of an empty schema of the test's own."""
    schema = f"s{secrets.token_hex(6)}"
    with psycopg.connect(server.url()) as connection:
        connection.execute(f"create schema {schema}".encode())
    return f"{server.url()}?options=-csearch_path%3D{schema}"


@pytest.fixture
def store(url: str, tmp_path: Path) -> Iterator[AlertStore]:
    with open_alerts(Workspace(tmp_path), url) as ready:
        yield ready


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest) -> str | None:
    """Return the URL of each database there may be, None for the folder's own file."""
    if request.param == "sqlite":
        return None
    return str(request.getfixturevalue("url"))


class TestStateInPostgresql(StateSuite):
    """The state, in PostgreSQL."""


class TestOutboxInPostgresql(OutboxSuite):
    """The outbox, in PostgreSQL."""


class TestQueueInPostgresql(QueueSuite):
    """The outbox as a whole, in PostgreSQL."""


def sender(folder: Path, url: str | None, how: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.integration.alert_sender", str(folder), url or "-", how]
    return subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)


def test_processes_that_send_at_once_never_share_a_message(
    place: str | None, tmp_path: Path
) -> None:
    expected = [f"{each:03}" for each in range(90)]
    with open_alerts(Workspace(tmp_path), place) as store:
        store.add([notice(key, incident_id=int(key)) for key in expected], now=NOW)
        running = [sender(tmp_path, place, "all") for _ in range(3)]
        told = [key for each in running for key in each.communicate(timeout=60)[0].split()]
        assert sorted(told) == expected
        assert store.waiting() == []


def test_what_a_killed_sender_held_is_given_out_again_after_its_lease(
    place: str | None, tmp_path: Path
) -> None:
    with open_alerts(Workspace(tmp_path), place) as store:
        keep(store, outcome(incidents=(incident(),), notices=(notice("1"),)))
        dying = sender(tmp_path, place, "die")
        assert dying.communicate(timeout=60)[0].split() == ["1"]
        assert dying.returncode == -9
        assert [each.recipient for each in opened(store)[1].told] == ["on_call"]
        assert held(store, 0.5) == []
        assert held(store, 1) == ["1"]


def test_another_process_s_messages_are_seen_by_who_waits(
    place: str | None, tmp_path: Path
) -> None:
    with (
        open_alerts(Workspace(tmp_path), place) as waiting,
        open_alerts(Workspace(tmp_path), place) as other,
    ):
        before = waiting.version()
        other.add([notice("1")], now=NOW)
        assert waiting.version() != before


def test_a_server_that_dies_is_told_and_used_again_when_it_is_back(
    server: Server, store: AlertStore
) -> None:
    keep(store, outcome(incidents=(incident(),), conditions=(condition(),)))
    server.kill()
    try:
        with pytest.raises(WorkspaceError, match=r"cannot be reached .* ANFL_ALERTS_URL") as told:
            store.conditions()
        with pytest.raises(WorkspaceError, match=r"cannot be reached"):
            keep(store, outcome(notices=(notice("1"),)))
    finally:
        server.start()
    assert PASSWORD not in str(told.value)
    keep(store, outcome(notices=(notice("2"),)))
    assert (store.conditions(), len(store.waiting())) == ([condition()], 1)


def test_a_wrong_password_is_told_without_it(server: Server, tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match=r"^postgresql://127\.0\.0\.1:\d+/postgres: ") as told:
        open_alerts(Workspace(tmp_path), server.url(password="canary-wrong"))  # noqa: S106
    assert "canary" not in str(told.value)
    assert told.value.__cause__ is None


def test_two_organisations_share_a_server_without_waiting_for_each_other(
    server: Server, store: AlertStore, tmp_path: Path
) -> None:
    with psycopg.connect(server.url()) as connection:
        connection.execute("create schema if not exists other")
    url = f"{server.url()}?options=-csearch_path%3Dother"
    with open_alerts(Workspace(tmp_path), url) as other, store.transaction():
        other.add([notice("1", not_before=at(1))], now=NOW)
        assert len(other.waiting()) == 1
