"""How a feeds file asks for workbooks, access logs and exposition files."""

from __future__ import annotations

from pathlib import Path

import pytest

from anfl_assets.collect.feed import Feed, Format
from anfl_assets.collect.feeds import load_feeds
from anfl_assets.collect.formats.samples import By, Samples
from anfl_assets.collect.formats.selectors import Matcher, Operator, Selector
from anfl_assets.errors import FeedError

COLUMNS = """
    columns:
      observed_at: {from: time, format: epoch_s}
      host: host
      resource: {constant: disk}
      utilization_pct: used
"""
READ = 'samples: {by: [host, "disk?"], read: {used: \'used{fs!="tmpfs"}\'}}'


def load(tmp_path: Path, *keys: str) -> Feed:
    lines = "".join(f"    {key}\n" for key in ("entity: resources", *keys))
    (tmp_path / "feeds.yaml").write_text(f"feeds:\n  disks:\n{lines}{COLUMNS}", encoding="utf-8")
    return load_feeds(tmp_path / "feeds.yaml", {}).feeds[0]


def test_an_exposition_file_says_which_samples_make_a_row(tmp_path: Path) -> None:
    feed = load(tmp_path, "files: node.txt", "format: openmetrics", READ)

    selector = Selector("used", (Matcher("fs", Operator.IS_NOT, "tmpfs"),))
    assert feed.format is Format.OPENMETRICS
    assert feed.samples == Samples((By("host"), By("disk", is_optional=True)), {"used": selector})


@pytest.mark.parametrize("name", ["a.xlsx", "a.xls", "a.ODS"])
def test_a_workbook_is_known_by_its_suffix_and_its_sheet_by_name(tmp_path: Path, name: str) -> None:
    feed = load(tmp_path, f"files: {name}", "sheet: 2026")

    assert (feed.format, feed.sheet) == (None, "2026")


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (["files: a.txt", "format: openmetrics"], "which samples make a row"),
        (["files: a.csv", READ], "no samples"),
    ],
)
def test_samples_belong_to_exposition_files_and_only_to_them(
    tmp_path: Path, keys: list[str], expected: str
) -> None:
    with pytest.raises(FeedError) as raised:
        load(tmp_path, *keys)

    (fault,) = raised.value.faults
    assert fault.key == "feeds.disks.samples"
    assert expected in fault.expected


@pytest.mark.parametrize(
    "keys",
    [
        pytest.param(["files: a.csv"], id="by suffix"),
        pytest.param(["files: [a.csv, b.json.gz]"], id="none of several"),
        pytest.param(["files: a.xlsx", "format: csv"], id="by format"),
        pytest.param(["tail: a.jsonl"], id="growing files"),
    ],
)
def test_a_sheet_of_what_is_no_workbook_is_a_fault(tmp_path: Path, keys: list[str]) -> None:
    with pytest.raises(FeedError) as raised:
        load(tmp_path, *keys, "sheet: Q1")

    (fault,) = raised.value.faults
    assert fault.key == "feeds.disks.sheet"
    assert "only workbooks" in fault.expected


@pytest.mark.parametrize("files", ["'*'", "a.*", "[a.csv, b.xlsx]", "a.bin, format: excel"])
def test_a_sheet_is_no_fault_where_a_file_may_be_a_workbook(tmp_path: Path, files: str) -> None:
    names, _, form = files.partition(", format: ")
    keys = [f"files: {names}", *([f"format: {form}"] if form else [])]

    assert load(tmp_path, *keys, "sheet: Q1").sheet == "Q1"


@pytest.mark.parametrize("keys", [[], ["files: []"], ["files:"]])
def test_a_feed_without_files_and_connector_is_one_fault(tmp_path: Path, keys: list[str]) -> None:
    with pytest.raises(FeedError) as raised:
        load(tmp_path, *keys)

    (fault,) = raised.value.faults
    assert (fault.key, fault.found) == ("feeds.disks.files", "nothing")
    assert "or one of host, openmetrics, prometheus, sql, tail" in fault.expected
