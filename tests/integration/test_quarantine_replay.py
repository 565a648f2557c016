"""Refused rows come back once what refused them is mended: each once, and nothing is lost."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from anfl_assets.cli.main import anfl, invoke
from anfl_assets.collect.feeds import load_feeds
from anfl_assets.flow.binding import bind_feeds
from anfl_assets.flow.erase import erase, restore
from anfl_assets.flow.recover import recover
from anfl_assets.flow.rejudge import Wanted
from anfl_assets.flow.replay import ReplayReport, rehearse, replay
from anfl_assets.store import landings
from anfl_assets.store.ledger import open_ledger
from tests.integration.killing import killed_at
from tests.integration.landing_folder import KEYED, NOW, REQUESTS, Folder, folder, request

_REPLAY = """
import sys
from datetime import datetime, UTC
from pathlib import Path
from anfl_assets.collect.feeds import load_feeds
from anfl_assets.flow.rejudge import Wanted
from anfl_assets.flow.replay import replay
from anfl_assets.store.workspace import open_workspace

root = Path(sys.argv[1])
feeds = load_feeds(root / "feeds.yaml", {})
now = datetime(2026, 3, 1, 12, tzinfo=UTC)
replay(open_workspace(root / "data"), feeds, feeds.feeds, Wanted(), now=now)
"""
ODD = "4,2026-02-03T10:00:00,search,4,odd\n"
LATE = "7,2026-03-02T10:00:00,search,7,ok\n"
NEVER = "9,never,search,9,ok\n"
LATER = NOW + timedelta(days=2)
EVERYTHING = Wanted()


def replayed(
    place: Folder, wanted: Wanted = EVERYTHING, *, now: datetime = NOW
) -> Sequence[ReplayReport]:
    feeds = load_feeds(place.feeds_path, {})
    return replay(place.workspace, feeds, feeds.feeds, wanted, now=now)


def mend(place: Folder) -> None:
    """Let the feed know the status `odd`."""
    text = place.feeds_path.read_text()
    place.feeds_path.write_text(text.replace("failed: true", "failed: true, odd: true"))


def mended(root: Path, text: str, feeds: str = REQUESTS, name: str = "a") -> Folder:
    """Land one file whose feed is mended only when the file has gone."""
    place = folder(root, feeds, **{name: text})
    place.land()
    (root / f"requests_{name}.csv").rename(root / "gone.txt")
    mend(place)
    return place


def reasons(place: Folder) -> list[tuple[int, str]]:
    return [(row["id"], row["rule"]) for row in place.quarantine()]


def test_rows_of_a_file_that_has_gone_land_once_their_mapping_is_mended(tmp_path: Path) -> None:
    place = mended(tmp_path, request(1, ms=1) + ODD + NEVER)
    [report] = replayed(place)
    assert (report.status, report.tried, report.accepted, report.refused) == ("landed", 2, 1, 1)
    assert place.latencies() == [1.0, 4.0]
    assert place.dates()[2] == ["2026-02-03"]
    load = place.loads()[1]
    assert (load["path"], load["received"], load["accepted"]) == ("replay/1", 1, 1)
    assert reasons(place) == [(2, "not_a_time")]


def test_a_second_replay_does_nothing(tmp_path: Path) -> None:
    place = mended(tmp_path, ODD + NEVER)
    replayed(place)
    before = (place.rows(), place.loads(), place.quarantine())
    [report] = replayed(place)
    assert (report.status, report.tried, report.refused) == ("nothing", 1, 1)
    after = (place.rows(), place.loads(), place.quarantine())
    assert after[0].equals(before[0])
    assert after[1:] == before[1:]


def test_a_rehearsal_changes_nothing(tmp_path: Path) -> None:
    place = mended(tmp_path, ODD + NEVER)
    before = (place.loads(), place.quarantine())
    feeds = load_feeds(place.feeds_path, {})
    [report] = rehearse(place.workspace, feeds, feeds.feeds, EVERYTHING, now=NOW)
    assert (report.accepted, report.refused, report.loads) == (1, 1, 0)
    assert (place.loads(), place.quarantine()) == before


def test_a_row_that_fails_again_says_why_it_fails_now_and_is_there_once(tmp_path: Path) -> None:
    place = mended(tmp_path, "4,2026-02-03T10:00:00,search,-4,odd\n")
    assert [rule for _, rule in reasons(place)] == ["unknown_value"]
    replayed(place)
    assert reasons(place) == [(1, "latency_ms_is_never_negative")]
    assert [report.tried for report in replayed(place)] == [1]
    assert reasons(place) == [(1, "latency_ms_is_never_negative")]


def test_files_that_will_be_read_again_come_first(tmp_path: Path) -> None:
    place = folder(tmp_path, a=request(1, ms=1) + ODD)
    place.land()
    mend(place)
    [report] = replayed(place)
    assert report.status == "waiting"
    assert "`anfl run` first" in report.message
    place.land()
    assert place.latencies() == [1.0, 4.0]
    assert [report.tried for report in replayed(place)] == [0]


def test_replayed_rows_leave_with_the_load_that_brings_them_again(tmp_path: Path) -> None:
    place = mended(tmp_path, request(1, ms=1) + ODD)
    replayed(place)
    (tmp_path / "gone.txt").rename(tmp_path / "requests_a.csv")
    place.land()
    assert place.latencies() == [1.0, 4.0]
    assert [load["status"] for load in place.loads()] == ["replaced", "replaced", "landed"]


def test_replayed_rows_are_erased_with_their_load(tmp_path: Path) -> None:
    place = mended(tmp_path, request(1, ms=1) + ODD)
    replayed(place)
    [gone] = erase(place.workspace, [1], reason="", now=NOW)
    assert (gone.replays, gone.row_count) == ((2,), 2)
    assert place.latencies() == []


def test_an_erased_replay_may_be_put_back_into_quarantine(tmp_path: Path) -> None:
    place = mended(tmp_path, request(1, ms=1) + ODD)
    replayed(place)
    erase(place.workspace, [2], reason="", now=NOW)
    assert (place.latencies(), place.quarantine()) == ([1.0], [])
    restore(place.workspace, 2, now=NOW)
    assert reasons(place) == [(1, "unknown_value")]
    replayed(place)
    assert place.latencies() == [1.0, 4.0]


def test_a_later_load_has_the_last_word_on_a_key(tmp_path: Path) -> None:
    place = mended(tmp_path, ODD, KEYED)
    place.write({"requests_b.csv": request(4, "2026-02-03T10:00:00", ms=40)})
    place.land()
    [report] = replayed(place)
    assert (report.accepted, report.duplicates) == (0, 1)
    assert place.latencies() == [40.0]
    assert place.quarantine() == []
    load = place.loads()[-1]
    assert (load["received"], load["accepted"], load["duplicates"]) == (1, 0, 1)


def test_an_earlier_row_of_the_key_is_superseded(tmp_path: Path) -> None:
    place = folder(tmp_path, KEYED, a=request(4, "2026-02-03T10:00:00", ms=1))
    place.land()
    place.write({"requests_b.csv": ODD})
    place.land()
    for name in "ab":
        (tmp_path / f"requests_{name}.csv").unlink()
    mend(place)
    replayed(place)
    assert place.latencies() == [4.0]
    assert place.loads()[-1]["superseded"] == 1


def test_two_rows_of_one_file_with_one_key_stay_out(tmp_path: Path) -> None:
    other = "4,2026-02-03T10:00:00,search,44,odd\n"
    place = mended(tmp_path, ODD + other, KEYED)
    replayed(place)
    assert [rule for _, rule in reasons(place)] == ["one_body_per_key"] * 2
    assert place.latencies() == []


def test_a_row_that_contradicts_one_its_file_had_landed_stays_out(tmp_path: Path) -> None:
    place = mended(tmp_path, request(4, "2026-02-03T10:00:00", ms=40) + ODD, KEYED)
    replayed(place)
    assert [rule for _, rule in reasons(place)] == ["one_body_per_key"]
    assert place.latencies() == [40.0]


def test_what_was_mapped_by_another_mapping_cannot_be_mapped_again(tmp_path: Path) -> None:
    place = mended(tmp_path, request(1, ms=-1) + request(2, ms=2))
    [report] = replayed(place)
    assert list(report.unusable.values()) == [1]
    assert "only what an earlier mapping made of it is kept" in next(iter(report.unusable))
    assert [rule for _, rule in reasons(place)] == ["latency_ms_is_never_negative"]


def test_one_rule_or_one_load_alone(tmp_path: Path) -> None:
    place = folder(tmp_path, a=ODD + LATE, b="5,2026-02-04T10:00:00,search,5,odd\n")
    place.land()
    for name in "ab":
        (tmp_path / f"requests_{name}.csv").unlink()
    mend(place)
    replayed(place, Wanted(rules=frozenset({"not_a_time"})), now=LATER)
    assert place.latencies() == []
    replayed(place, Wanted(rules=frozenset({"future_time"})), now=LATER)
    assert place.latencies() == [7.0]
    replayed(place, Wanted(load_id=2), now=LATER)
    assert place.latencies() == [5.0, 7.0]


def test_json_records_are_read_again_as_they_were_written(tmp_path: Path) -> None:
    feeds = REQUESTS.replace("requests*.csv", "requests*.jsonl").replace(
        "latency_ms: ms", "latency_ms: took.ms"
    )
    place = folder(tmp_path, feeds)
    record = {"at": "2026-02-03T10:00:00", "service": "s", "took": {"ms": 4.25}, "status": "odd"}
    (tmp_path / "requests.jsonl").write_text(json.dumps(record) + "\nno json\n")
    place.land()
    (tmp_path / "requests.jsonl").unlink()
    mend(place)
    [report] = replayed(place)
    assert place.latencies() == [4.25]
    assert sum(report.unusable.values()) == 1


@pytest.mark.parametrize("feeds", [REQUESTS, KEYED], ids=["without a key", "with a key"])
@pytest.mark.parametrize("point", ["after_stage", "after_commit"])
def test_a_kill_leaves_each_row_in_quarantine_or_landed(
    tmp_path: Path, point: str, feeds: str
) -> None:
    place = mended(tmp_path, request(1, ms=1) + ODD + NEVER, feeds)
    killed_at(point, _REPLAY, tmp_path)
    recover(place.workspace, now=NOW)
    assert len(place.latencies()) + len(place.quarantine()) == 3
    replayed(place)
    assert place.latencies() == [1.0, 4.0]
    assert [rule for _, rule in reasons(place)] == ["not_a_time"]
    with open_ledger(place.workspace) as ledger:
        assert landings.staged(ledger) == []


def test_rows_of_the_future_land_with_the_first_run_after_their_time(tmp_path: Path) -> None:
    place = folder(tmp_path, a=request(1, ms=1) + LATE)
    place.land()
    assert place.land()[0].status == "nothing"
    [report] = place.land(now=LATER)
    assert (report.status, report.accepted) == ("landed", 1)
    assert report.message == "1 row landed, refused with load 1 as in the future"
    assert (place.latencies(), place.quarantine()) == ([1.0, 7.0], [])
    assert place.land(now=LATER)[0].status == "nothing"


def test_the_command_says_what_became_of_the_rows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = mended(tmp_path, ODD + NEVER)
    bind_feeds(place.workspace, place.feeds_path)
    where = ["--data-dir", str(place.workspace.root), "--as-of", "2026-03-01T12:00Z"]
    command = ["quarantine", "replay", *where]
    dry = CliRunner().invoke(anfl, [*command, "--dry-run", "--json"])
    assert [report["accepted"] for report in json.loads(dry.output)] == [1]
    assert place.latencies() == []
    done = CliRunner().invoke(anfl, command)
    assert done.exit_code == 0
    assert "`anfl run` computes again the days on which rows landed" in done.output
    one = CliRunner().invoke(anfl, ["quarantine", "show", "2", *where[:2]])
    assert 'at: "never" is no time' in one.output
    assert invoke(["quarantine", "show", "99", *where[:2]]) == 2
    assert invoke([*command, "--feed", "request"]) == 2
    assert "did you mean 'requests'" in capsys.readouterr().err
