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
