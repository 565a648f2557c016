"""What a kill or a full disk leaves behind: nothing half there, and each row once afterwards."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from anfl_assets.errors import LandingError
from anfl_assets.flow import lake_rows, landing
from anfl_assets.flow.crash import CRASH_VARIABLE
from anfl_assets.flow.recover import recover
from anfl_assets.store import lake, landings
from anfl_assets.store.ledger import open_ledger
from tests.integration.landing_folder import KEYED, NOW, REQUESTS, Folder, folder, request

_PROJECT = Path(__file__).parents[2]
_LAND = """
import resource, sys
from datetime import datetime, UTC
from pathlib import Path
from anfl_assets.collect.feeds import load_feeds
from anfl_assets.errors import AnflError
from anfl_assets.flow.land import land
from anfl_assets.store.workspace import open_workspace

root, limit = Path(sys.argv[1]), int(sys.argv[2])
workspace = open_workspace(root / "data")
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    land(workspace, load_feeds(root / "feeds.yaml", {}), now=datetime(2026, 3, 1, 12, tzinfo=UTC))
except AnflError as error:
    print(f"{type(error).__name__}: {error}")
"""


def land_in_process(
    place: Folder, *, crash_at: str = "", limit: int = 0
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _LAND, str(place.root), str(limit)],
        env={**os.environ, CRASH_VARIABLE: crash_at, "PYTHONPATH": str(_PROJECT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def assert_each_row_is_there_once(place: Folder, latencies: list[float]) -> None:
    assert place.latencies() == latencies
    landed = [load for load in place.loads() if load["status"] == "landed"]
    kept = sum(load["accepted"] - load["superseded"] for load in landed)
    assert kept == len(latencies)
    with open_ledger(place.workspace) as ledger:
        assert landings.staged(ledger) == []


@pytest.mark.parametrize("point", ["after_stage", "after_commit"])
@pytest.mark.parametrize("feeds", [REQUESTS, KEYED], ids=["without a key", "with a key"])
def test_a_kill_leaves_each_row_exactly_once_after_the_next_landing(
    tmp_path: Path, point: str, feeds: str
) -> None:
    place = folder(tmp_path, feeds, a=request(1, ms=1) + request(2, ms=2))
    place.land()
    place.write({"requests_a.csv": request(1, ms=10) + request(2, ms=2) + request(3, ms=-3)})
    killed = land_in_process(place, crash_at=point)
    assert killed.returncode == -signal.SIGKILL
    place.land()
    assert_each_row_is_there_once(place, [2.0, 10.0])
    assert [row["line"] for row in place.quarantine()] == [4]
    assert place.land()[0].status == "nothing"


def test_recovery_says_what_it_did(tmp_path: Path) -> None:
    place = folder(tmp_path, a=request(1))
    assert land_in_process(place, crash_at="after_commit").returncode == -signal.SIGKILL
    assert list(recover(place.workspace, now=NOW).values()) == ["landed"]
    place.write({"requests_b.csv": request(2)})
    assert land_in_process(place, crash_at="after_stage").returncode == -signal.SIGKILL
    assert list(recover(place.workspace, now=NOW).values()) == ["taken back"]
    assert [load["path"] for load in place.loads()] == ["requests_a.csv"]


def test_a_killed_writer_does_not_keep_the_folder_locked(tmp_path: Path) -> None:
    place = folder(tmp_path, a=request(1))
    land_in_process(place, crash_at="after_stage")
    assert place.land()[0].accepted == 1


def test_a_full_disk_is_one_clear_sentence_and_nothing_half_landed(tmp_path: Path) -> None:
    place = folder(tmp_path, a=request(1, ms=1))
    place.land()
    rows = "".join(request(number, ms=number + 0.123) for number in range(2, 60_002))
    place.write({"requests_b.csv": rows})
    refused = land_in_process(place, limit=150_000)
    assert refused.returncode == 0, refused.stderr
    assert refused.stdout.startswith("WorkspaceError: ")
    assert "no space left" in refused.stdout
    assert place.latencies() == [1.0]
    place.land()
    assert_each_row_is_there_once(place, [1.0, *(number + 0.123 for number in range(2, 60_002))])


def test_a_full_disk_for_the_ledger_lands_nothing(tmp_path: Path) -> None:
    place = folder(tmp_path, a=request(1, ms=1))
    place.land()
    bad = "".join(f"{number},never,search,5,ok\n" for number in range(20_000))
    place.write({"requests_b.csv": bad + request(2, ms=2)})
    refused = land_in_process(place, limit=500_000)
    assert refused.stdout.startswith("WorkspaceError: "), refused.stderr
    assert place.latencies() == [1.0]
    assert len(place.loads()) == 1
    place.land()
    assert_each_row_is_there_once(place, [1.0, 2.0])


def test_a_refused_commit_is_taken_back_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = folder(tmp_path, a=request(1, ms=1))

    def refuse(*_: object, **__: object) -> None:
        raise LandingError("requests: another commit came first")

    with monkeypatch.context() as patched:
        patched.setattr(lake_rows, "commit", refuse)
        with pytest.raises(LandingError, match="another commit"):
            place.land()
    assert place.loads() == []
    assert lake.version(place.workspace.table_path("requests")) is None
    place.land()
    assert_each_row_is_there_once(place, [1.0])


def test_the_crash_points_are_where_the_ledger_and_the_lake_differ() -> None:
    source = Path(landing.__file__).read_text(encoding="utf-8")
    order = ["landings.stage(", '"after_stage"', "lake_rows.commit(", '"after_commit"', "settle("]
    assert [source.index(step) for step in order] == sorted(source.index(step) for step in order)
