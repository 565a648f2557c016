"""What rows of one key do to each other, within a load, across loads and against the lake."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from anfl_assets.flow.deduplicate import Resolved, resolve

BODY = ["value", "items"]


def rows(*given_rows: tuple[int, str, float | None]) -> pl.DataFrame:
    """Rows of (load, key, value), their lines counted."""
    return pl.DataFrame(
        [(load, line, key, value, [1, 2]) for line, (load, key, value) in enumerate(given_rows)],
        schema={
            "load": pl.Int32,
            "line": pl.Int64,
            "row_key": pl.String,
            "value": pl.Float64,
            "items": pl.List(pl.Int16),
        },
        orient="row",
    )


def in_lake(*given_rows: tuple[str, float | None]) -> pl.DataFrame:
    return rows(*((0, *row) for row in given_rows)).select("row_key", *BODY)


def kept(resolved: Resolved) -> list[tuple[int, str, float | None]]:
    return sorted(resolved.rows.select("load", "row_key", "value").rows())


def test_keys_that_meet_nobody_are_all_kept() -> None:
    resolved = resolve(rows((0, "a", 1.0), (0, "b", 2.0), (1, "c", 3.0)), in_lake(), BODY)
    assert resolved.rows.height == 3
    assert (resolved.accepted, resolved.duplicates, resolved.superseded) == ({0: 2, 1: 1}, {}, {})
    assert resolved.leaving.to_list() == []


def test_equal_rows_of_one_load_are_kept_once() -> None:
    resolved = resolve(rows((0, "a", 1.0), (0, "a", 1.0), (0, "a", 1.0)), in_lake(), BODY)
    assert kept(resolved) == [(0, "a", 1.0)]
    assert (resolved.accepted, resolved.duplicates) == ({0: 1}, {0: 2})


def test_null_equals_null() -> None:
    resolved = resolve(rows((0, "a", None), (1, "a", None)), in_lake(), BODY)
    assert kept(resolved) == [(0, "a", None)]
    assert resolved.duplicates == {1: 1}


def test_a_key_with_two_bodies_in_one_load_keeps_none_of_its_rows() -> None:
    given_rows = rows((0, "a", 1.0), (0, "a", 1.0), (0, "a", 2.0), (0, "b", 1.0))
    resolved = resolve(given_rows, in_lake(), BODY)
    assert kept(resolved) == [(0, "b", 1.0)]
    assert resolved.conflicts["line"].to_list() == [0, 1, 2]


def test_a_torn_key_does_not_touch_what_is_in_the_lake() -> None:
    resolved = resolve(rows((0, "a", 1.0), (0, "a", 2.0)), in_lake(("a", 5.0)), BODY)
    assert resolved.conflicts.height == 2
    assert resolved.leaving.to_list() == []


def test_a_later_load_supersedes_an_earlier_one() -> None:
    resolved = resolve(rows((0, "a", 1.0), (1, "a", 2.0), (2, "a", 1.0)), in_lake(), BODY)
    assert kept(resolved) == [(2, "a", 1.0)]
    assert resolved.accepted == {0: 1, 1: 1, 2: 1}
    assert resolved.superseded == {1: 1, 2: 1}


def test_a_row_that_says_something_else_than_the_lake_takes_its_place() -> None:
    resolved = resolve(rows((0, "a", 2.0), (0, "b", 1.0)), in_lake(("a", 1.0)), BODY)
    assert kept(resolved) == [(0, "a", 2.0), (0, "b", 1.0)]
    assert (resolved.superseded, resolved.leaving.to_list()) == ({0: 1}, ["a"])


def test_a_row_that_says_the_same_as_the_lake_is_a_duplicate() -> None:
    resolved = resolve(rows((0, "a", 1.0)), in_lake(("a", 1.0)), BODY)
    assert (kept(resolved), resolved.duplicates, resolved.leaving.to_list()) == ([], {0: 1}, [])


def test_a_changed_list_is_another_body() -> None:
    changed = rows((0, "a", 1.0)).with_columns(items=pl.lit([1, 3], pl.List(pl.Int16)))
    assert resolve(changed, in_lake(("a", 1.0)), BODY).leaving.to_list() == ["a"]


@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.sampled_from("abc"), st.sampled_from([1.0, 2.0])),
        max_size=12,
    ),
    st.dictionaries(st.sampled_from("abc"), st.sampled_from([1.0, 2.0])),
)
def test_the_outcome_is_that_of_taking_loads_one_by_one(
    arrived: list[tuple[int, str, float]], before: dict[str, float]
) -> None:
    resolved = resolve(rows(*arrived), in_lake(*before.items()), BODY)
    lake, torn, superseded = dict(before), 0, 0
    for load in range(3):
        bodies: dict[str, list[float]] = {}
        for _, key, value in (row for row in arrived if row[0] == load):
            bodies.setdefault(key, []).append(value)
        for key, values in bodies.items():
            if len(set(values)) > 1:
                torn += len(values)
                continue
            superseded += key in lake and lake[key] != values[0]
            lake[key] = values[0]
    leaving = set(resolved.leaving)
    after = {key: value for key, value in before.items() if key not in leaving}
    fresh = {key: value for _, key, value in kept(resolved)}
    assert not after.keys() & fresh.keys()
    assert after | fresh == lake
    assert resolved.conflicts.height == torn
    assert sum(resolved.superseded.values()) == superseded
    settled = sum(resolved.accepted.values()) + sum(resolved.duplicates.values())
    assert settled + torn == len(arrived)
