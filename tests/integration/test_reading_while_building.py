"""Readers and builds do not know each other: whoever asks meanwhile gets one whole build."""

from __future__ import annotations

import shutil
import threading
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

import anfl_assets as anfl
from anfl_assets.catalog import load_catalog
from anfl_assets.collect.organisation import Organisation
from anfl_assets.errors import WorkspaceError
from anfl_assets.flow.analysis.analyse import compute_trends, keep_trends
from anfl_assets.flow.build import build
from anfl_assets.report.published import open_published
from tests.integration import seeded_rows as rows
from tests.integration.seeded_lake import NOW, SeededLake, day, days, feed, seeded_lake

pytestmark = pytest.mark.slow
TOTAL = "select sum(revenue) as total from int_growth__revenue_days"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> SeededLake:
    history = {"shop": rows.orders(days("2026-02-01", 100), seed=14)}
    root = tmp_path_factory.mktemp("reading") / "data"
    made, _ = seeded_lake(root, Organisation(name="Acme"), (feed("shop", "orders"),), history)
    made.build()
    return made


def _land_a_day(folder: SeededLake, on: str) -> None:
    folder.land("shop", rows.orders([day(on)], seed=15))


def test_readers_during_a_build_see_the_build_before_or_the_one_after(folder: SeededLake) -> None:
    root = folder.workspace.root
    before = anfl.open(root)
    _land_a_day(folder, "2026-05-12")
    later = NOW + timedelta(hours=1)
    building = threading.Thread(
        target=build, args=(folder.workspace, folder.feeds), kwargs={"now": later}
    )
    building.start()
    seen: dict[str, set[object]] = {}
    while building.is_alive():
        reader = anfl.open(root)
        seen.setdefault(reader.build.build_id, set()).add(reader.sql(TOTAL).item())
        assert not reader.status().is_empty()
    building.join()
    after = anfl.open(root)
    totals = {each.build.build_id: {each.sql(TOTAL).item()} for each in (before, after)}
    assert before.build.build_id in seen
    assert seen.items() <= totals.items()
    assert totals[before.build.build_id] != totals[after.build.build_id]
    # The handle goes on with its own build, and what was known then can be opened again.
    known = anfl.open(root, known_at=before.published_at)
    assert known.build.build_id == before.build.build_id
    assert known.metric("revenue").history().equals(before.metric("revenue").history())


def test_what_an_analysis_found_in_a_build_is_a_table_of_it(folder: SeededLake) -> None:
    root = folder.workspace.root
    before = anfl.open(root)
    assert "trends" not in set(before.tables()["table"])
    with open_published(folder.workspace) as published:
        found = compute_trends(published, load_catalog(), now=NOW)
        keep_trends(published, found)
    asked = "select metric_id, subject from trends order by all"
    told = sorted((row.metric_id, row.subject) for row in found)
    assert told
    assert before.sql(asked).rows() == told
    # They are of a later moment than the one asked about.
    assert before.sql(asked, as_of="2026-03-01").is_empty()


def test_a_handle_whose_files_are_gone_says_so(folder: SeededLake, tmp_path: Path) -> None:
    copy = tmp_path / "data"
    shutil.copytree(folder.workspace.root, copy)
    reader = anfl.open(copy)
    for path in (copy / "lake" / "marts" / "fct_metric_observation").rglob("*.parquet"):
        path.unlink()
    with pytest.raises(
        WorkspaceError, match=r"a later build has removed files of its tables .* op"
    ):
        reader.sql("select count(*) from fct_metric_observation")
    with pytest.raises(WorkspaceError, match="a later build has removed files"):
        reader.metric("revenue").history()


def test_a_subject_of_any_name_is_read_by_it(tmp_path: Path) -> None:
    name = 'x\'; drop table "y"; -- <b>\u202e\x1b[2J'
    answers = rows.responses(days("2026-02-01", 60), seed=16).with_columns(segment=pl.lit(name))
    folder, _ = seeded_lake(
        tmp_path / "data", Organisation(name="Acme"), (feed("survey", "responses"),),
        {"survey": answers},
    )  # fmt: skip
    folder.build()
    satisfaction = anfl.open(tmp_path / "data").metric("satisfaction")
    assert set(satisfaction.subjects) == {name, "all"}
    found = satisfaction.history(subject=name)
    assert set(found["subject"]) == {name}
    drawn = satisfaction.chart(subject=name).to_dict()
    assert "\x1b" not in str(drawn)
