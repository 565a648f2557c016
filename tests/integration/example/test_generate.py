"""Writing the example's folder: the same bytes each time, whole or not at all."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import yaml

from anfl_assets.errors import UserError, WorkspaceError
from examples.company.generate import (
    FEED_COUNT,
    SEED,
    Generated,
    Progress,
    generate,
    generated,
)


def _hashes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_same_date_and_seed_give_the_same_bytes(company: Generated, tmp_path: Path) -> None:
    again = generate(tmp_path / "again", as_of=company.as_of)
    assert _hashes(again.folder) == _hashes(company.folder)


def test_another_seed_gives_other_rows(company: Generated, tmp_path: Path) -> None:
    other = generate(tmp_path / "other", as_of=company.as_of, seed=7)
    same = _hashes(other.folder).items() & _hashes(company.folder).items()
    # What is set by the plan alone: the feeds, the organisation and the market report.
    assert sorted(path for path, _ in same) == [
        "feeds.yaml",
        "market_analysis/market_report.tsv",
        "organisation.yaml",
    ]


def test_every_feed_tells_its_progress_once(tmp_path: Path) -> None:
    seen: list[Progress] = []
    made = generate(
        tmp_path / "made", as_of=datetime(2024, 2, 29, tzinfo=UTC), on_progress=seen.append
    )
    assert [one.done for one in seen] == list(range(1, FEED_COUNT + 1))
    assert {one.total for one in seen} == {FEED_COUNT}
    assert [one.feed for one in seen] == list(made.truth["feeds"])


def test_a_folder_made_before_is_left_as_it_is(company: Generated) -> None:
    before = {path: path.stat().st_mtime_ns for path in company.folder.rglob("*")}
    again = generate(company.folder, as_of=company.as_of)
    assert again.truth == company.truth
    assert {path: path.stat().st_mtime_ns for path in company.folder.rglob("*")} == before


def test_a_folder_is_never_mixed_from_two_dates(company: Generated) -> None:
    with pytest.raises(WorkspaceError, match=r"as of 2026-11-23 .* expected 2026-11-24"):
        generate(company.folder, as_of=company.as_of + timedelta(days=1))


def test_other_files_are_never_touched(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(WorkspaceError, match="expected an empty folder"):
        generate(tmp_path, as_of=datetime(2026, 11, 23, tzinfo=UTC))
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_what_a_crash_left_is_cleared_away(company: Generated, tmp_path: Path) -> None:
    partial = tmp_path / "made.partial"
    (partial / "system_logs").mkdir(parents=True)
    (partial / "system_logs" / "probes_1999-01.csv.gz").write_bytes(b"half")
    assert generated(tmp_path / "made") is None
    made = generate(tmp_path / "made", as_of=company.as_of)
    assert not partial.exists()
    assert _hashes(made.folder) == _hashes(company.folder)


@pytest.mark.parametrize(
    "as_of",
    [
        pytest.param(datetime(2026, 11, 23, 12, tzinfo=UTC), id="noon"),
        pytest.param(datetime(2026, 11, 23), id="no zone"),  # noqa: DTZ001
        pytest.param(
            datetime(2026, 11, 23, tzinfo=timezone(timedelta(hours=1))),
            id="another zone's midnight",
        ),
    ],
)
def test_only_midnight_utc_can_be_the_end(as_of: datetime, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="expected midnight UTC"):
        generate(tmp_path / "made", as_of=as_of)
    assert not list(tmp_path.iterdir())


def test_it_stays_small(company: Generated) -> None:
    files = [path for path in company.folder.rglob("*") if path.is_file()]
    rows = sum(feed["received"] for feed in company.truth["feeds"].values())
    assert len(files) <= 65
    assert 1_200_000 < rows < 1_550_000


def test_every_kind_of_file_is_there(company: Generated) -> None:
    kinds = {"".join(path.suffixes) for path in company.folder.rglob("*") if path.is_file()}
    assert {
        ".csv",
        ".csv.gz",
        ".csv.zst",
        ".tsv",
        ".tsv.zst",
        ".json",
        ".jsonl",
        ".jsonl.zst",
        ".parquet",
    } <= kinds


def test_it_says_that_it_is_simulated(company: Generated) -> None:
    ours = yaml.safe_load((company.folder / "organisation.yaml").read_text())
    assert ours["is_simulated"] is True
    assert company.truth["is_simulated"] is True
    assert "simulated" in ours["name"]
    assert "Simulated" in company.feeds_path.read_text()


def test_an_example_is_found_again(company: Generated) -> None:
    found = generated(company.folder)
    assert found is not None
    assert (found.as_of, found.truth["seed"]) == (company.as_of, SEED)
