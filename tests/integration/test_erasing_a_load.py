"""A load taken back leaves what there would be without it, and does not come back by itself."""

import json
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner
from sqlalchemy import select

from anfl_assets.cli.main import anfl, invoke
from anfl_assets.collect.organisation import Organisation
from anfl_assets.errors import UserError
from anfl_assets.flow.erase import erase, restore
from anfl_assets.flow.recover import recover
from anfl_assets.store import landings
from anfl_assets.store.erasures import ERASURES
from anfl_assets.store.landings import Landing, Load
from anfl_assets.store.ledger import open_ledger
from anfl_assets.store.live_loads import last_cursor
from anfl_assets.store.spool import Note
from tests.integration import seeded_rows as rows
from tests.integration.killing import killed_at
from tests.integration.landing_folder import KEYED, NOW, REQUESTS, Folder, folder, request
from tests.integration.seeded_lake import _NOTHING_ASIDE, days, differences, feed, seeded_lake

_ERASE = """
import sys
from datetime import datetime, UTC
from pathlib import Path
from anfl_assets.flow.erase import erase
from anfl_assets.store.workspace import open_workspace

erase(open_workspace(Path(sys.argv[1])), [1], reason="", now=datetime(2026, 3, 1, 12, tzinfo=UTC))
"""


def took_back(place: Folder, *load_ids: int, reason: str = "") -> None:
    erase(place.workspace, load_ids, reason=reason, now=NOW)


def told(place: Folder, *arguments: str) -> tuple[int, str]:
    command = [*arguments, "--data-dir", str(place.workspace.root)]
    result = CliRunner().invoke(anfl, command)
    return result.exit_code, result.output


def test_its_rows_leave_and_its_days_are_dirty(tmp_path: Path) -> None:
    place = folder(tmp_path, a=request(1, ms=1), b=request(2, "2026-02-05T10:00:00", ms=2))
    place.land()
    took_back(place, 2)
    assert place.latencies() == [1.0]
    assert place.dates()[3] == ["2026-02-05"]
    with open_ledger(place.workspace) as ledger:
        assert list(ledger.dates_since(2)) == ["requests"]


def test_its_file_does_not_land_again_until_it_is_restored(tmp_path: Path) -> None:
    place = folder(tmp_path, a=request(1, ms=1), b=request(2, ms=2))
    place.land()
    took_back(place, 2)
    assert place.land()[0].status == "nothing"
    # neither read in a new way, nor under another name
    place.feeds_path.write_text(REQUESTS.replace("ok: false", "ok: false, odd: true"))
    (tmp_path / "requests_b.csv").rename(tmp_path / "requests_moved.csv")
    place.land()
    assert place.latencies() == [1.0]
    restore(place.workspace, 2, now=NOW)
    place.land()
    assert place.latencies() == [1.0, 2.0]


def test_a_corrected_file_lands_in_its_place(tmp_path: Path) -> None:
    place = folder(tmp_path, a=request(1, ms=1))
    place.land()
    took_back(place, 1)
    place.write({"requests_a.csv": request(1, ms=10)})
    place.land()
    assert place.latencies() == [10.0]


def test_its_refused_rows_leave_the_lists(tmp_path: Path) -> None:
    place = folder(tmp_path, a=request(1, ms=-1) + request(2, ms=2))
    place.land()
    assert len(place.quarantine()) == 1
    took_back(place, 1)
    assert place.quarantine() == []


def test_what_it_had_superseded_is_told_with_the_loads_to_land_again(tmp_path: Path) -> None:
    place = folder(tmp_path, KEYED, a=request(1, ms=1) + request(2, ms=2), b=request(2, ms=20))
    place.write({"requests_c.csv": request(3, "2026-02-20T10:00:00")})
    place.land()
    [gone] = erase(place.workspace, [2], reason="", now=NOW)
    assert (gone.superseded, gone.land_again) == (1, (1,))
    assert place.latencies() == [1.0, 5.0]
    took_back(place, 1)
    restore(place.workspace, 1, now=NOW)
    place.land()
    assert place.latencies() == [1.0, 2.0, 5.0]


def test_what_cannot_be_erased_is_told_all_at_once_and_nothing_goes(tmp_path: Path) -> None:
    place = folder(tmp_path, a=request(1, ms=1), b=request(2, ms=2), c=request(3, ms=3))
    place.land()
    place.write({"requests_b.csv": request(2, ms=22), "requests_d.csv": "4,,search,1,ok\n"})
    place.land()
    place.write({"requests_c.csv": request(1, ms=1)})
    place.land()
    took_back(place, 4)
    before = place.latencies()
    with pytest.raises(UserError) as refused:
        erase(place.workspace, [1, 2, 3, 4, 5, 6, 7, 99], reason="", now=NOW)
    assert str(refused.value).splitlines() == [
        "load 2 (requests_b.csv) was replaced by load 4; erase that one",
        "load 3 (requests_c.csv) was replaced by load 6; erase that one",
        "load 4 (requests_b.csv) is erased already",
        "load 5 (requests_d.csv) was rejected whole and has no rows in the lake",
        "load 6 (requests_c.csv) has the same content as load 1; erase that one",
        "load 7 (erase/4) has no rows: it erased load 4; see `anfl data restore-load`",
        "load 99: there is none; `anfl loads` lists them",
    ]
    assert place.latencies() == before


@pytest.mark.parametrize("feeds", [REQUESTS, KEYED], ids=["without a key", "with a key"])
@pytest.mark.parametrize(("point", "left"), [("after_stage", [1.0, 2.0]), ("after_commit", [2.0])])
def test_a_kill_leaves_it_there_or_gone(
    tmp_path: Path, point: str, left: list[float], feeds: str
) -> None:
    place = folder(tmp_path, feeds, a=request(1, ms=1), b=request(2, ms=2))
    place.land()
    killed_at(point, _ERASE, place.workspace.root)
    recover(place.workspace, now=NOW)
    assert place.land()[0].status == "nothing"
    assert place.latencies() == left
    with open_ledger(place.workspace) as ledger:
        assert len(ledger.rows(select(ERASURES))) == (len(left) == 1)
        assert landings.staged(ledger) == []


def test_a_running_system_goes_on_where_it_was(tmp_path: Path) -> None:
    place = folder(tmp_path, a=request(1, ms=1))
    place.land()
    live = Load("live/s1", "1" * 64, 0, received=0, note=Note("cursor 7", NOW, None))
    with open_ledger(place.workspace) as ledger:
        landing = Landing(
            "l", "host", "performance_data", "requests", "0" * 64, NOW, (live,), _NOTHING_ASIDE
        )
        landings.stage(ledger, landing)
        landings.settle(ledger, "l", at=NOW)
    [gone] = erase(place.workspace, [2], reason="", now=NOW)
    assert gone.is_live
    with open_ledger(place.workspace) as ledger:
        assert last_cursor(ledger, "host") == "cursor 7"
    with pytest.raises(UserError, match="nothing brings it back"):
        restore(place.workspace, 2, now=NOW)


def test_without_anybody_to_ask_it_shows_what_would_go_and_refuses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = folder(tmp_path, a=request(1, ms=1))
    place.land()
    command = ["data", "erase-load", "1", "--data-dir", str(place.workspace.root)]
    assert invoke(command) == 2
    said = capsys.readouterr()
    assert "requests_a.csv" in said.out
    assert "inference_latency" in said.out
    assert said.err == "anfl: nothing was erased: there is nobody to ask here; say --yes\n"
    assert place.latencies() == [1.0]


def test_the_commands_tell_what_was_erased_when_and_why(tmp_path: Path) -> None:
    place = folder(tmp_path, a=request(1, ms=1))
    place.land()
    code, text = told(
        place, "data", "erase-load", "1", "--yes", "--reason", "wrong unit", "--as-of", "2026-03-01"
    )
    assert code == 0
    assert "1 load erased, 1 row: `anfl run` computes 1 day again\n" in text
    assert "anfl data restore-load 1" in text
    assert " erased " in told(place, "loads")[1]
    [_, load] = json.loads(told(place, "loads", "--json")[1])
    assert (load["status"], load["message"]) == ("erased", "erased 2026-03-01 00:00: wrong unit")
    assert told(place, "data", "restore-load", "1") == (
        0,
        "load 1: `anfl run` lands requests_a.csv again if the file is still there\n",
    )
    assert told(place, "data", "restore-load", "1")[0] == 1  # click shows it; `invoke` exits 2


@pytest.mark.slow
def test_a_build_afterwards_equals_one_that_never_had_it(tmp_path: Path) -> None:
    history = days("2026-02-01", 70)
    feeds = (
        feed("requests_eu", "requests"),
        feed("requests_us", "requests"),
        feed("shop", "orders"),
        feed("pings", "probes"),
    )
    landed = {
        "requests_eu": rows.requests(history, seed=1, services=("search", "chat")),
        "requests_us": rows.requests(history[5:20], seed=2, services=("search",)),
        "shop": rows.orders(history, seed=3),
        "pings": rows.probes(history, seed=4, components=("api", "db"), every_h=3),
    }
    acme = Organisation(name="Acme")
    with_them, loads = seeded_lake(tmp_path / "with", acme, feeds, landed)
    with_them.build()
    wrong = [loads["requests_eu"][1], *loads["requests_us"], loads["pings"][-1], loads["shop"][1]]
    erase(with_them.workspace, wrong, reason="", now=NOW)
    with_them.build()
    march, april = pl.date(2026, 3, 1), pl.date(2026, 4, 1)
    is_march = pl.col("^(observed|occurred)_at$").dt.date().is_between(march, april, closed="left")
    never = {
        "requests_eu": landed["requests_eu"].remove(is_march),
        "shop": landed["shop"].remove(is_march),
        "pings": landed["pings"].filter(pl.col("observed_at").dt.date() < april),
    }
    without, _ = seeded_lake(tmp_path / "without", acme, feeds, never)
    without.build()
    one, other = with_them.published(), without.published()
    assert one.keys() == other.keys()
    problems = [f"{name}: {text}" for name in one for text in differences(one[name], other[name])]
    assert not problems, "\n".join(problems)
