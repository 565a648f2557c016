"""The planner: which days are computed, and which days must be seen for that."""

from datetime import date, timedelta

from anfl_assets.catalog.reach import Reach
from anfl_assets.flow.plan import ALL, Model, full_plan, incremental_plan

D = date(2026, 3, 10)
UNTIL = date(2026, 3, 31)


def days(first: date, last: date) -> frozenset[date]:
    return frozenset(first + timedelta(days=n) for n in range((last - first).days + 1))


STAGING = Model("stg", ("raw",), {}, is_dated=False)
ROLLUP = Model("rollup", ("stg",), {}, is_published=True)
METRIC = Model("metric", ("rollup",), {"rollup": (Reach("day", 2),)})
OTHER = Model("other", ("stg",), {})
FACT = Model("fact", ("metric", "other"), {}, is_published=True)
BOARD = Model("board", ("fact",), {}, is_published=True, is_whole=True)
GRAPH = [STAGING, ROLLUP, METRIC, OTHER, FACT, BOARD]


def test_a_changed_day_walks_down_along_each_reach() -> None:
    plan = incremental_plan(GRAPH, {"raw": {D}}, until=UNTIL)
    assert plan.models["rollup"].computes == frozenset({D})
    assert plan.models["fact"].computes == days(D, D + timedelta(days=2))


def test_an_unpublished_model_computes_every_day_that_is_looked_at() -> None:
    # `other` did not change after D, but the fact table replaces those days whole.
    plan = incremental_plan(GRAPH, {"raw": {D}}, until=UNTIL)
    assert plan.models["other"].computes == days(D, D + timedelta(days=2))


def test_a_published_parent_shows_what_its_children_look_back_at() -> None:
    plan = incremental_plan(GRAPH, {"raw": {D}}, until=UNTIL)
    assert plan.models["rollup"].shows == days(D - timedelta(days=2), D + timedelta(days=2))


def test_raw_rows_are_shown_only_where_something_is_computed_from_them() -> None:
    plan = incremental_plan(GRAPH, {"raw": {D}}, until=UNTIL)
    assert plan.raw["raw"] == days(D, D + timedelta(days=2))


def test_a_whole_model_computes_all_and_sees_all_of_its_parent() -> None:
    plan = incremental_plan(GRAPH, {"raw": {D}}, until=UNTIL)
    assert plan.models["board"].computes is ALL
    assert plan.models["fact"].shows is ALL


def test_nothing_after_the_last_day_is_computed() -> None:
    plan = incremental_plan(GRAPH, {"raw": {UNTIL}}, until=UNTIL)
    assert plan.models["fact"].computes == frozenset({UNTIL})


def test_a_full_plan_computes_and_shows_everything() -> None:
    plan = full_plan(GRAPH)
    assert set(plan.models) == {"stg", "rollup", "metric", "other", "fact", "board"}
    assert all(each.computes is ALL for each in plan.models.values())
    assert plan.raw == {"raw": ALL}
