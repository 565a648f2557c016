"""Folders are seen as they stood at one moment, or not at all."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from anfl_assets.collect.connect.tail_files import Look, Seen, look
from anfl_assets.collect.connect.tail_folder import RestlessError, entries


@contextmanager
def rotating(folder: Path, count: int) -> Iterator[None]:
    """Shift numbered files up and down in another thread, with a rest now and then."""
    is_over = threading.Event()

    def shift() -> None:
        while not is_over.wait(0.03):
            for number in range(count, 0, -1):
                (folder / f"a.{number}").rename(folder / f"a.{number + 1}")
            for number in range(1, count + 1):
                (folder / f"a.{number + 1}").rename(folder / f"a.{number}")

    thread = threading.Thread(target=shift)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def test_no_file_is_hidden_by_renames_while_a_folder_is_read(tmp_path: Path) -> None:
    for number in range(1, 31):
        (tmp_path / f"a.{number}").write_text("x")
    counts: list[int] = []
    until = time.monotonic() + 10
    with rotating(tmp_path, 30):
        while len(counts) < 10 and time.monotonic() < until:
            with contextlib.suppress(RestlessError):
                found = entries(tmp_path)[1]
                counts.append(len({state.st_ino for _, state in found}))
    assert counts == [30] * 10


def test_links_that_lead_nowhere_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    (tmp_path / "b").symlink_to("a")
    (tmp_path / "c").symlink_to("nowhere")
    assert [path.name for path, _ in entries(tmp_path)[1]] == ["a", "b"]


def looked(*files: tuple[str, int, int], folder: int = 1) -> Look:
    """Return a look at files by name, inode and size."""
    found = (
        Seen(name, Path(name), 1, inode, size, 0, is_matched=False) for name, inode, size in files
    )
    return Look(tuple(found), ((1, 1, folder, folder),))


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        pytest.param(looked(("a", 1, 9), ("a.1.gz", 2, 5)), True, id="the same"),
        pytest.param(looked(("a", 1, 11), ("a.1.gz", 2, 7)), True, id="grown"),
        pytest.param(looked(("a", 1, 8), ("a.1.gz", 2, 5)), False, id="cut"),
        pytest.param(looked(("a", 3, 9), ("a.1.gz", 2, 5)), False, id="another file"),
        pytest.param(looked(("a", 2, 9), ("a.1.gz", 1, 9)), False, id="exchanged"),
        pytest.param(looked(("a", 1, 9)), False, id="gone"),
        pytest.param(looked(("a", 1, 9), ("a.1.gz", 2, 5), ("a.2", 4, 1)), False, id="come"),
        pytest.param(looked(("a", 1, 9), ("a.1.gz", 2, 5), ("b", 4, 1)), True, id="no concern"),
        pytest.param(looked(("a", 1, 11), ("a.1.gz", 2, 5), folder=2), True, id="grown, renames"),
        pytest.param(
            looked(("a", 1, 9), ("a.1.gz", 2, 7), folder=2), False, id="archive grown, renames"
        ),
    ],
)
def test_a_look_holds_while_nothing_of_concern_moves(after: Look, *, expected: bool) -> None:
    before = looked(("a", 1, 9), ("a.1.gz", 2, 5))
    assert before.still_holds(after, lambda file: file.relative.startswith("a")) is expected


def test_a_rotation_between_two_looks_is_noticed(tmp_path: Path) -> None:
    app = tmp_path / "app.log"
    app.write_text("x")
    before = look(tmp_path, "app.log", ())
    assert before.still_holds(look(tmp_path, "app.log", ()), bool)
    app.rename(tmp_path / "app.log.1")
    app.write_text("x")
    assert not before.still_holds(look(tmp_path, "app.log", ()), bool)
