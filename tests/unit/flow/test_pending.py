"""Which files are to be landed, given what the ledger knows."""

from pathlib import Path
from typing import Any

import pytest

from anfl_assets.collect.discover import FoundFile
from anfl_assets.flow.pending import BATCH_BYTES, Pending, batches, pending


def found(name: str, size: int = 10) -> FoundFile:
    return FoundFile(name, Path("/raw") / name, size, 0)


def known(load_id: int, path: str, content: str, **values: object) -> dict[str, Any]:
    load = {"path": path, "content_sha256": content, "definition_sha256": "d", "status": "landed"}
    return {"load_id": load_id, **load, **values}


def chosen(
    files: dict[str, str], *loads: dict[str, Any], has_key: bool = False
) -> list[tuple[str, tuple[int, ...], int | None]]:
    listed = [(found(name), content) for name, content in files.items()]
    return [
        (item.found.relative, item.replaces, item.twin_of)
        for item in pending(listed, loads, definition="d", has_key=has_key)
    ]


def test_a_file_never_seen_is_landed() -> None:
    assert chosen({"a": "A", "b": "B"}, known(1, "a", "A")) == [("b", (), None)]


def test_the_same_content_in_one_pass_is_landed_once() -> None:
    assert chosen({"a": "A", "b": "A"}) == [("a", (), None)]


def test_a_renamed_file_is_known() -> None:
    assert chosen({"b": "A"}, known(1, "a", "A")) == []


def test_without_a_key_a_changed_file_replaces_its_earlier_load() -> None:
    assert chosen({"a": "B"}, known(1, "a", "A")) == [("a", (1,), None)]


def test_with_a_key_a_changed_file_replaces_nothing() -> None:
    assert chosen({"a": "B"}, known(1, "a", "A"), has_key=True) == [("a", (), None)]


def test_a_changed_file_brought_back_is_landed_again() -> None:
    loads = known(1, "a", "A", status="replaced"), known(2, "a", "B")
    assert chosen({"a": "A"}, *loads) == [("a", (2,), None)]


def test_content_that_leaves_with_its_first_path_lands_from_its_second() -> None:
    assert chosen({"a": "B", "b": "A"}, known(1, "a", "A")) == [
        ("a", (1,), None),
        ("b", (), None),
    ]


def test_a_changed_file_that_equals_a_known_one_is_its_twin() -> None:
    loads = known(1, "a", "A"), known(2, "b", "B")
    assert chosen({"a": "B", "b": "B"}, *loads) == [("a", (1,), 2)]


@pytest.mark.parametrize("has_key", [False, True])
def test_another_definition_lands_every_file_again(*, has_key: bool) -> None:
    old = known(1, "a", "A", definition_sha256="old")
    assert chosen({"a": "A"}, old, has_key=has_key) == [("a", (1,), None)]


@pytest.mark.parametrize("has_key", [False, True])
def test_another_definition_replaces_what_a_renamed_file_brought_once(*, has_key: bool) -> None:
    old = known(1, "a", "A", definition_sha256="old")
    assert chosen({"b": "A", "c": "A"}, old, has_key=has_key) == [("b", (1,), None)]
    assert chosen({"b": "B"}, old, has_key=has_key) == [("b", (), None)]


def test_a_rejected_content_is_not_tried_again() -> None:
    loads = known(1, "a", "A"), known(2, "a", "B", status="rejected")
    assert chosen({"a": "B"}, *loads) == []


def test_a_rejected_load_is_replaced_apart_from_landed_ones() -> None:
    loads = known(1, "a", "A"), known(2, "a", "B", status="rejected")
    (item,) = pending([(found("a"), "C")], loads, definition="d", has_key=False)
    assert (item.replaces, item.replaces_rejected) == ((1,), (2,))


def test_batches_fit_into_memory_and_keep_their_order() -> None:
    half = BATCH_BYTES // 2
    sizes = {"a.csv": half, "b.csv": half, "c.csv": 1, "d.csv": 3 * half, "e.csv.gz": half // 8}
    items = [Pending(found(name, size), name) for name, size in sizes.items()]
    assert [[item.found.relative for item in batch] for batch in batches(items)] == [
        ["a.csv", "b.csv"],
        ["c.csv"],
        ["d.csv"],
        ["e.csv.gz"],
    ]
