"""Growing files, one story at a time: what a service and its rotation do, and what is read."""

from __future__ import annotations

import gzip
import json
import logging
import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from anfl_assets.collect.batch import LINE
from anfl_assets.collect.connect.connector import Pulled
from anfl_assets.collect.connect.tail import Tail
from anfl_assets.collect.connect.tail_pull import TailPull
from anfl_assets.collect.connect.tail_records import Records
from anfl_assets.collect.feed import Format
from anfl_assets.collect.feeds import load_feeds
from anfl_assets.errors import FeedError, SourceError, SourceUnavailable

NUMBERS = Records(Format.JSONL, names=("n",), feed="app")
NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)


def lines(*numbers: int) -> str:
    """Return one JSON line for each number."""
    return "".join(f'{{"n": {number}}}\n' for number in numbers)


@dataclass
class Reader:
    """Follows files of a folder; each pull goes on from the last one's cursor, as after a crash."""

    folder: Path
    pattern: str = "app.jsonl"
    records: Records = NUMBERS
    limit: int = 8 << 20
    cursor: str | None = None

    def pull(self) -> Pulled:
        """Pull once."""
        pulled = TailPull(self.folder, self.pattern, self.records, self.limit).pull(
            self.cursor, now=NOW
        )
        self.cursor = pulled.cursor
        return pulled

    def read(self) -> list[int]:
        """Return the numbers of the next pull."""
        return [int(text) for text in self.pull().batch.rows["n"]]


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    """Follow `app.jsonl` in an empty folder."""
    return Reader(tmp_path)


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """Name the file the service writes."""
    return tmp_path / "app.jsonl"


def add(path: Path, text: str) -> None:
    """Append to a file."""
    with path.open("a") as file:
        file.write(text)


def test_lines_are_read_once_as_they_are_written(reader: Reader, app: Path) -> None:
    add(app, lines(1, 2))
    first = reader.pull()
    assert first.batch.rows["n"].to_list() == ["1", "2"]
    assert (first.complete_to, first.has_more) == (NOW, False)
    assert reader.read() == []
    add(app, lines(3))
    again = reader.pull()
    assert again.batch.rows.select("n", LINE).rows() == [("3", 3)]


def test_a_line_waits_for_its_end(reader: Reader, app: Path) -> None:
    add(app, lines(1) + '{"n"')
    assert reader.read() == [1]
    add(app, ": 2")
    assert reader.read() == []
    add(app, "}\n")
    assert reader.read() == [2]


def test_nothing_to_follow_is_no_source_until_something_was(reader: Reader, app: Path) -> None:
    with pytest.raises(SourceUnavailable, match=r"no file matches 'app\.jsonl'"):
        reader.pull()
    add(app, lines(1))
    assert reader.read() == [1]
    app.unlink()
    assert reader.read() == []
    add(app, lines(2))
    assert reader.read() == [2]


@pytest.mark.parametrize("pattern", ["logs/app.jsonl", "logs/*/app.jsonl", "logs/*.jsonl"])
def test_a_folder_that_went_away_does_not_say_that_nothing_was_written(
    tmp_path: Path, pattern: str
) -> None:
    file = tmp_path / pattern.replace("*", "x")
    file.parent.mkdir(parents=True)
    add(file, lines(1))
    reader = Reader(tmp_path, pattern)
    assert reader.read() == [1]
    add(file, lines(2))
    (tmp_path / "logs").rename(tmp_path / "away")
    with pytest.raises(SourceUnavailable, match=r"folder .*/logs does not exist"):
        reader.pull()
    (tmp_path / "away").rename(tmp_path / "logs")
    assert reader.read() == [2]


@pytest.mark.parametrize("pattern", ["logs/app.jsonl", "logs/*.jsonl"])
def test_a_log_that_is_gone_does_not_say_that_nothing_was_written(
    tmp_path: Path, pattern: str
) -> None:
    reader = Reader(tmp_path, pattern)
    app = tmp_path / "logs" / "app.jsonl"
    app.parent.mkdir()
    add(app, lines(1))
    assert reader.pull().complete_to == NOW
    app.unlink()
    for _ in range(3):
        pulled = reader.pull()
        assert (pulled.batch.rows.height, pulled.complete_to) == (0, None)
    add(app, lines(2))
    pulled = reader.pull()
    assert (pulled.batch.rows["n"].to_list(), pulled.complete_to) == (["2"], NOW)


def test_one_log_of_several_may_go(tmp_path: Path) -> None:
    reader = Reader(tmp_path, "*.jsonl")
    add(tmp_path / "monday.jsonl", lines(1))
    add(tmp_path / "tuesday.jsonl", lines(2))
    assert sorted(reader.read()) == [1, 2]
    (tmp_path / "monday.jsonl").unlink()
    assert reader.pull().complete_to == NOW


def test_a_renamed_log_without_a_next_one_is_complete(reader: Reader, app: Path) -> None:
    add(app, lines(1))
    assert reader.read() == [1]
    app.rename(app.with_name("app.jsonl.1"))
    assert [reader.pull().complete_to for _ in range(3)] == [NOW] * 3


def test_an_archive_is_waited_for_while_it_is_packed(
    reader: Reader, app: Path, caplog: pytest.LogCaptureFixture
) -> None:
    archive = app.with_name("app.jsonl.1.gz")
    random = [number * 7919 % 10007 for number in range(5000)]
    add(app, lines(*random[:4000]))
    assert len(reader.read()) == 4000
    add(app, lines(*random[4000:]))
    packed = gzip.compress(app.read_bytes())
    app.unlink()
    archive.write_bytes(packed[: len(packed) // 2])
    add(app, lines(-1))
    pulled = reader.pull()
    assert (pulled.batch.rows.height, pulled.complete_to) == (0, None)
    archive.write_bytes(packed)
    assert reader.read() == [*random[4000:], -1]
    assert reader.read() == []
    assert not caplog.records


def test_an_archive_that_never_was_finished_stops_nothing(reader: Reader, app: Path) -> None:
    archive = app.with_name("app.jsonl.1.gz")
    add(app, lines(*range(5000)))
    assert len(reader.read()) == 5000
    packed = gzip.compress(app.read_bytes())
    app.unlink()
    archive.write_bytes(packed[: len(packed) // 2])
    add(app, lines(-1))
    later = archive.stat().st_mtime_ns + 3_600_000_000_000
    os.utime(app, ns=(later, later))
    assert reader.read() == [-1]


def test_nothing_newer_is_read_before_the_rest_of_a_rotated_file(tmp_path: Path, app: Path) -> None:
    reader = Reader(tmp_path, limit=40)
    add(app, lines(1))
    assert reader.read() == [1]
    add(app, lines(2, 3, 4, 123456789012))
    app.rename(app.with_name("app.jsonl.1"))
    add(app, lines(5))
    assert reader.read() == [2, 3, 4]
    assert reader.read() == [123456789012, 5]


@pytest.mark.parametrize("successor", ["none", "empty", "written"])
def test_a_renamed_file_is_read_to_its_end(reader: Reader, app: Path, successor: str) -> None:
    add(app, lines(1))
    assert reader.read() == [1]
    add(app, lines(2))
    app.rename(app.with_name("app.jsonl.1"))
    if successor != "none":
        add(app, "" if successor == "empty" else lines(3))
    assert reader.read() == ([2, 3] if successor == "written" else [2])
    assert reader.read() == []


def test_the_last_line_of_a_rotated_file_needs_no_end(reader: Reader, app: Path) -> None:
    add(app, lines(1) + '{"n": 2}')
    assert reader.read() == [1]
    app.rename(app.with_name("app.jsonl.1"))
    add(app, lines(3))
    assert reader.read() == [2, 3]
    assert reader.read() == []


def test_a_rotated_file_may_grow_until_the_service_has_opened_the_next(
    reader: Reader, app: Path
) -> None:
    add(app, lines(1))
    assert reader.read() == [1]
    old = app.rename(app.with_name("app.jsonl.1"))
    app.touch()
    add(old, '{"n": 2}\n{"n"')
    assert reader.read() == [2]
    add(old, ": 3}\n")
    assert reader.read() == [3]
    add(old, '{"n": 4}')
    assert reader.read() == []
    assert reader.read() == [4]
    add(app, lines(5))
    assert reader.read() == [5]


def test_several_rotations_between_two_pulls_lose_nothing(reader: Reader, app: Path) -> None:
    add(app, lines(1))
    assert reader.read() == [1]
    for number in range(2, 7):
        add(app, lines(number))
        for kept in range(5, 0, -1):
            old = app.with_name(f"app.jsonl.{kept}")
            if old.exists():
                old.rename(app.with_name(f"app.jsonl.{kept + 1}"))
        app.rename(app.with_name("app.jsonl.1"))
    add(app, lines(7))
    assert sorted(reader.read()) == [2, 3, 4, 5, 6, 7]
    assert reader.read() == []


@pytest.mark.parametrize("suffix", ["-2026100112.backup", ".2026-10-01", ".old", ".bak"])
def test_a_file_made_and_moved_aside_between_two_pulls_is_read(
    reader: Reader, app: Path, suffix: str
) -> None:
    add(app, lines(1))
    assert reader.read() == [1]
    add(app, lines(2))
    app.rename(app.with_name("app.jsonl.1"))
    add(app, lines(3))
    app.rename(app.with_name(app.name + suffix))
    add(app, lines(4))
    assert reader.read() == [2, 3, 4]
    assert reader.read() == []


@pytest.mark.parametrize("suffix", [".1.gz", "-20261001.gz"])
def test_what_was_compressed_before_it_was_read_is_read_from_the_archive(
    reader: Reader, app: Path, suffix: str
) -> None:
    add(app, lines(*range(500)))
    assert reader.read() == list(range(500))
    add(app, lines(500))
    with gzip.open(app.with_name(app.name + suffix), "wb") as packed:
        packed.write(app.read_bytes())
    app.unlink()
    add(app, lines(501))
    assert reader.read() == [500, 501]
    assert reader.read() == []
    app.with_name(app.name + suffix).rename(app.with_name("app.jsonl.2.gz"))
    assert reader.read() == []


@pytest.mark.parametrize("pattern", ["app.jsonl", "app.jsonl*"])
def test_a_file_copied_and_cut_is_read_from_its_copy_and_again_from_its_beginning(
    tmp_path: Path, app: Path, pattern: str
) -> None:
    reader = Reader(tmp_path, pattern)
    add(app, lines(*range(200)))
    assert reader.read() == list(range(200))
    add(app, lines(200))
    copy = app.with_name("app.jsonl.1")
    copy.write_bytes(app.read_bytes()[:100])
    assert reader.read() == [200]
    add(app, lines(201))
    shutil.copy(app, copy)
    assert reader.read() == [201]
    add(app, lines(202))
    shutil.copy(app, copy)
    os.truncate(app, 0)
    add(app, lines(203))
    assert reader.read() == [202, 203]
    assert reader.read() == []


def test_a_file_that_was_cut_and_kept_nowhere_is_said(
    reader: Reader, app: Path, caplog: pytest.LogCaptureFixture
) -> None:
    add(app, lines(1, 2, 3))
    assert reader.read() == [1, 2, 3]
    app.write_text(lines(4))
    with caplog.at_level(logging.WARNING):
        assert reader.read() == [4]
        assert reader.read() == []
    (record,) = caplog.records
    assert record.getMessage() == (
        "app.jsonl: was cut or overwritten after 27 bytes were read, and no copy of it is there: "
        "what came after them is lost; following it from its beginning"
    )


def test_an_archive_that_was_read_may_be_overwritten(
    reader: Reader, app: Path, caplog: pytest.LogCaptureFixture
) -> None:
    archive = app.with_name("app.jsonl.1")
    add(app, lines(1))
    app.rename(archive)
    add(app, lines(2))
    assert reader.read() == [2]
    add(app, lines(3))
    shutil.copy(app, archive)
    os.truncate(app, 0)
    add(app, lines(4))
    assert reader.read() == [3, 4]
    assert reader.read() == []
    assert not caplog.records


def test_a_file_cut_and_grown_past_the_place_is_known_by_its_content(
    reader: Reader, app: Path
) -> None:
    add(app, lines(1, 2))
    assert reader.read() == [1, 2]
    app.write_text(lines(3, 4, 5, 6))
    assert reader.read() == [3, 4, 5, 6]


def test_archives_that_were_there_before_are_not_asked_for(reader: Reader, app: Path) -> None:
    old = app.with_name("app.jsonl.1")
    add(old, lines(-1))
    with gzip.open(app.with_name("app.jsonl.2.gz"), "wb") as packed:
        packed.write(lines(-2).encode())
    add(app, lines(1))
    assert reader.read() == [1]
    old.rename(app.with_name("app.jsonl.3"))
    app.rename(old)
    add(app, lines(2))
    assert reader.read() == [2]


def test_an_archive_packed_after_it_was_read_hides_no_rotation(reader: Reader, app: Path) -> None:
    add(app, lines(1))
    assert reader.read() == [1]
    with gzip.open(app.with_name("app.jsonl.2.gz"), "wb") as packed:
        packed.write(app.read_bytes())
    later = app.stat().st_mtime_ns + 60_000_000_000
    os.utime(app.with_name("app.jsonl.2.gz"), ns=(later, later))
    app.unlink()
    app.touch()
    assert reader.read() == []
    add(app, lines(2))
    shutil.copy2(app, app.with_name("app.jsonl.1"))
    os.truncate(app, 0)
    assert reader.read() == [2]


def test_an_archive_without_content_hides_nothing(reader: Reader, app: Path) -> None:
    app.touch()
    assert reader.read() == []
    gzip.open(app.with_name("app.jsonl.2.gz"), "wb").close()
    add(app, lines(1))
    app.rename(app.with_name("app.jsonl.1"))
    add(app, lines(2))
    assert sorted(reader.read()) == [1, 2]


def test_every_match_of_a_glob_is_followed_and_others_are_not(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    root = tmp_path / "root"
    (root / "logs").mkdir(parents=True)
    add(outside / "z.jsonl", lines(9))
    (root / "logs" / "link.jsonl").symlink_to(outside / "z.jsonl")
    add(root / "logs" / ".hidden.jsonl", lines(8))
    add(root / "logs" / "a.jsonl", lines(1))
    add(root / "logs" / "b.jsonl", lines(2))
    add(root / "logs" / "c.txt", lines(3))
    (root / "logs" / "same.jsonl").symlink_to("a.jsonl")
    reader = Reader(root, "logs/*.jsonl")
    assert sorted(reader.read()) == [1, 2]
    add(root / "logs" / "d.jsonl", lines(4))
    assert reader.read() == [4]


def test_a_pull_is_bounded_and_asks_to_be_called_again(tmp_path: Path, app: Path) -> None:
    reader = Reader(tmp_path, limit=20)
    add(app, lines(1, 2, 3, 4))
    first = reader.pull()
    assert first.batch.rows["n"].to_list() == ["1", "2"]
    assert (first.has_more, first.complete_to) == (True, None)
    assert reader.read() == [3, 4]
    add(app, '{"n": 123456789012345678901234567890}\n' + lines(5))
    rejects: list[str] = []
    numbers: list[int] = []
    for _ in range(4):
        pulled = reader.pull()
        rejects += pulled.batch.rejects["rule"].to_list()
        numbers += [int(text) for text in pulled.batch.rows["n"]]
    assert numbers == [5]
    assert rejects == ["unreadable_text", "unreadable_json"]


def test_a_line_that_cannot_be_read_is_a_reject_with_its_text(reader: Reader, app: Path) -> None:
    app.write_bytes(b'{"n": 1}\r\n\xff\xfe\nnot json\n\n\0\0\0{"n": 5}\n')
    pulled = reader.pull()
    assert pulled.batch.rows.select("n", LINE).rows() == [("1", 1), ("5", 5)]
    assert pulled.batch.rejects.select("line", "rule").rows() == [
        (2, "unreadable_text"),
        (3, "unreadable_json"),
    ]
    assert json.loads(pulled.batch.rejects["body"][1]) == {"text": "not json"}


def test_csv_files_each_have_their_header(tmp_path: Path) -> None:
    records = Records(Format.CSV, names=("n",), feed="app")
    reader = Reader(tmp_path, "*.csv", records)
    app = tmp_path / "app.csv"
    add(app, "n,te")
    assert reader.read() == []
    add(app, "xt\r\n1,a\r\n")
    assert reader.read() == [1]
    add(app, '2,"two\nlines"\n3,"op')
    assert reader.read() == [2]
    add(app, 'en"\nragged\n')
    pulled = reader.pull()
    assert pulled.batch.rows.select("n", "text", LINE).rows() == [("3", "open", 5)]
    assert pulled.batch.rejects["line"].to_list() == [6]
    app.rename(tmp_path / "app.csv.1")
    add(app, "text,n\nb,4\n")
    assert reader.read() == [4]
    add(tmp_path / "other.csv", "x,y\n1,2\n")
    with pytest.raises(SourceError, match=r"other\.csv: column 'n' is missing"):
        reader.pull()


def test_access_logs_are_followed(tmp_path: Path) -> None:
    records = Records(Format.ACCESS_LOG, names=("status", "path"), feed="app")
    reader = Reader(tmp_path, "access.log", records)
    line = '127.0.0.1 - - [17/May/2015:10:05:03 +0000] "GET /a HTTP/1.1" 200 26\n'
    add(tmp_path / "access.log", line + "garbage\n" + line[:10])
    batch = reader.pull().batch
    assert batch.rows.select("status", "path", LINE).rows() == [("200", "/a", 1)]
    assert batch.rejects["line"].to_list() == [2]
    add(tmp_path / "access.log", line[10:])
    assert reader.pull().batch.rows[LINE].to_list() == [3]


def test_a_cursor_holds_no_content(reader: Reader, app: Path) -> None:
    add(app, '{"n": 1, "secret": "hunter2"}\n')
    reader.read()
    assert reader.cursor is not None
    assert "hunter2" not in reader.cursor
    assert len(reader.cursor) < 400


FEED = """
root: files
feeds:
  gateway:
    entity: requests
    tail: logs/gateway.jsonl
    every: 5 seconds
    columns: {observed_at: at, service: service, is_error: failed}
"""


def test_a_feed_says_which_files_it_follows(tmp_path: Path) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text(FEED)
    (feed,) = load_feeds(path, {}).feeds
    expected = Tail("gateway", tmp_path / "files", "logs/gateway.jsonl", Records(Format.JSONL))
    assert feed.connector == expected
    assert feed.connector.address == "logs/gateway.jsonl"
    assert feed.connector.is_momentary is False


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("tail: /var/log/x.csv", "tail: found '/var/log/x.csv'", id="absolute"),
        pytest.param("tail: ../x.csv", "a glob below root, without ..", id="out of root"),
        pytest.param("tail: a**/x.csv", "** as a whole folder name", id="half a folder"),
        pytest.param("tail: x.log", "format: found nothing, and 'x.log'", id="no format"),
        pytest.param("{tail: x, format: parquet}", "one of jsonl, csv, tsv, access_log", id="form"),
        pytest.param("{tail: x.csv, encoding: latin-1}", "no encoding: growing", id="encoding"),
    ],
)
def test_what_cannot_be_followed_is_said(written: str, expected: str, tmp_path: Path) -> None:
    path = tmp_path / "feeds.yaml"
    inner = written.strip("{}")
    path.write_text(f"feeds:\n  a: {{entity: requests, {inner}}}\n")
    with pytest.raises(FeedError) as raised:
        load_feeds(path, {})
    assert expected in str(raised.value)
