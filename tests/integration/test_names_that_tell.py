"""Files of the same bytes whose names tell different things: each brings its own rows."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from anfl_assets.store import lake
from tests.integration.landing_folder import Folder

FEEDS = r"""
organisation: {name: x}
feeds:
  idle:
    entity: resources
    files: "**/*.csv"
    shape:
      - path: '(?<host>\w+)\.csv$'
    columns:
      observed_at: at
      host: host
      resource: {constant: cpu}
      utilization_pct: used
"""
SAMPLE = "at,used\n2026-02-01T00:00:00Z,0\n"


def _hosts(folder: Folder) -> list[str]:
    rows = lake.read(folder.workspace.table_path("resources"))
    assert rows is not None
    return rows.select(pl.col("host").sort()).to_series().to_list()


def test_two_machines_with_equal_readings_are_both_there(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.feeds_path.write_text(FEEDS)
    folder.write({"a.csv": SAMPLE, "b.csv": SAMPLE})

    (report,) = folder.land()
    assert (report.received, report.accepted) == (2, 2)
    assert _hosts(folder) == ["a", "b"]


def test_a_copy_whose_path_tells_the_same_is_known(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.feeds_path.write_text(FEEDS)
    folder.write({"a.csv": SAMPLE})
    folder.land()
    (tmp_path / "archive").mkdir()
    folder.write({"archive/a.csv": SAMPLE})

    (report,) = folder.land()
    assert report.status == "nothing"
    assert _hosts(folder) == ["a"]
