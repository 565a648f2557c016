"""Finding files: sorted, below the root, and whole."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from anfl_assets.collect.discover import content_sha256, find_files, opened
from anfl_assets.collect.feed import Feed
from anfl_assets.config.period import Period
from anfl_assets.errors import SourceUnavailable


def _feed(root: Path, *patterns: str) -> Feed:
    return Feed("rows", "requests", root, patterns, {}, Period(1, "day"))


def test_files_are_sorted_and_each_found_once(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv", "sub/c.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    found = find_files(_feed(tmp_path, "**/*.csv", "a.csv"))

    assert [file.relative for file in found] == ["a.csv", "b.csv", "sub/c.csv"]
    assert found[0].size == 1


def test_hidden_files_folders_and_links_that_lead_out_are_ignored(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / ".tmp").mkdir(parents=True)
    (root / "folder.csv").mkdir()
    for name in (".hidden.csv", ".tmp/a.csv", "in.csv", "../out.csv"):
        (root / name).write_text("x")
    (root / "link.csv").symlink_to(tmp_path / "out.csv")
    (root / "inner.csv").symlink_to(root / "in.csv")
    (root / "broken.csv").symlink_to(root / "none.csv")
    found = find_files(_feed(root, "**/*.csv"))

    assert [file.relative for file in found] == ["in.csv", "inner.csv"]


def test_a_glob_without_match_and_an_absent_folder_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x")
    with pytest.raises(SourceUnavailable, match=r"^no file matches 'b\*\.csv' in folder"):
        find_files(_feed(tmp_path, "a.csv", "b*.csv"))
    with pytest.raises(SourceUnavailable, match=r"^folder .* does not exist"):
        find_files(_feed(tmp_path / "none", "a.csv"))


def test_a_file_that_grows_while_read_is_unavailable(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x")
    (found,) = find_files(_feed(tmp_path, "a.csv"))

    def read_while_it_grows() -> None:
        with opened(found) as file:
            file.read()
            path.write_text("xy")

    with pytest.raises(SourceUnavailable, match="is still being written"):
        read_while_it_grows()
    with pytest.raises(SourceUnavailable, match="found with 1 bytes, now 2"):
        content_sha256(found)
    path.unlink()
    with pytest.raises(SourceUnavailable, match="has gone"):
        content_sha256(found)


def test_a_file_rewritten_with_the_same_size_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x")
    (found,) = find_files(_feed(tmp_path, "a.csv"))
    os.utime(path, ns=(found.mtime_ns + 1, found.mtime_ns + 1))

    with pytest.raises(SourceUnavailable):
        content_sha256(found)


def test_the_content_hash_is_sha256_of_the_stored_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"x" * 3_000_000)
    (found,) = find_files(_feed(tmp_path, "a.csv"))

    assert content_sha256(found) == hashlib.sha256(b"x" * 3_000_000).hexdigest()
