"""Publication: days are replaced in the table the build started from, not in what lies about."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from anfl_assets.flow.plan import ALL, Days, Model, ModelPlan, Plan
from anfl_assets.flow.publish import PublishedTable, publish
from anfl_assets.store import lake
from anfl_assets.store.workspace import Workspace, open_workspace

MODEL = Model("fact", (), {}, is_published=True)
MONDAY, TUESDAY = date(2026, 1, 5), date(2026, 1, 6)


def published(
    workspace: Workspace, rows: str, days: Days, pinned: dict[str, int]
) -> PublishedTable:
    database = workspace.root / "lake.duckdb"
    database.unlink(missing_ok=True)
    with duckdb.connect(str(database)) as connection:
        connection.execute("create schema fresh")
        connection.execute(f"create table fresh.fact as select * from (values {rows}) t (date, n)")  # noqa: S608 - literals of this module
    plan = Plan({"fact": ModelPlan(days, days)}, {})
    return publish(workspace, database, plan, [MODEL], pinned=pinned, build_id="b")["fact"]


def numbers(workspace: Workspace, version: int) -> list[int]:
    found = lake.read(workspace.mart_path("fact"), version=version)
    return [] if found is None else sorted(found["n"])


def test_a_day_replaces_itself_and_nothing_else(tmp_path: Path) -> None:
    workspace = open_workspace(tmp_path)
    first = published(workspace, "(date '2026-01-05', 1), (date '2026-01-06', 2)", ALL, {})
    second = published(
        workspace, "(date '2026-01-06', 3)", frozenset({TUESDAY}), {"fact": first.version}
    )
    assert numbers(workspace, second.version) == [1, 3]
    assert numbers(workspace, first.version) == [1, 2]


def test_what_a_crashed_build_committed_without_a_pin_is_not_built_upon(tmp_path: Path) -> None:
    workspace = open_workspace(tmp_path)
    first = published(workspace, "(date '2026-01-05', 1), (date '2026-01-06', 2)", ALL, {})
    published(workspace, "(date '2026-01-05', 8), (date '2026-01-06', 9)", ALL, {})
    third = published(
        workspace, "(date '2026-01-06', 3)", frozenset({TUESDAY}), {"fact": first.version}
    )
    assert numbers(workspace, third.version) == [1, 3]


def test_a_table_with_nothing_to_compute_keeps_its_pin(tmp_path: Path) -> None:
    workspace = open_workspace(tmp_path)
    first = published(workspace, "(date '2026-01-05', 1)", ALL, {})
    again = published(workspace, "(date '2026-01-05', 1)", frozenset(), {"fact": first.version})
    assert (again.version, again.state) == (first.version, "unchanged")


def test_a_day_of_which_nothing_is_left_is_empty(tmp_path: Path) -> None:
    workspace = open_workspace(tmp_path)
    first = published(workspace, "(date '2026-01-05', 1), (date '2026-01-06', 2)", ALL, {})
    second = published(
        workspace,
        "(date '2026-01-05', 4)",
        frozenset({MONDAY, TUESDAY}),
        {"fact": first.version},
    )
    assert numbers(workspace, second.version) == [4]
