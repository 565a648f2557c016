"""`anfl notebook`: what there is to open, a copy of one's own, and how it is served."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from anfl_assets.cli import notebook
from anfl_assets.errors import UserError


def test_without_a_name_every_notebook_is_told_with_what_it_is_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    notebook.command.main([], standalone_mode=False)
    told = capsys.readouterr().out
    for name in ("learn_the_metrics", "investigate_an_incident", "add_a_metric"):
        assert name in told
    assert "what each one means, what is wanted of it" in told


def test_a_name_is_found_with_hyphens_and_an_ending() -> None:
    found = {"explore_a_metric": ""}
    for name in ("explore_a_metric", "explore-a-metric", "Explore_a_metric.py"):
        assert notebook.chosen(name, found) == notebook.FOLDER / "explore_a_metric.py"


@pytest.mark.parametrize("name", ["explore_metric", "../../etc/passwd", ""])
def test_an_unknown_name_lists_those_there_are(name: str) -> None:
    with pytest.raises(UserError, match=r"no notebook is called .* there are explore_a_metric"):
        notebook.chosen(name, {"explore_a_metric": ""})


def test_an_installed_package_says_where_notebooks_are(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="part of a checkout of the project"):
        notebook.notebooks(tmp_path)


def test_a_copy_of_ones_own_is_never_overwritten(tmp_path: Path) -> None:
    theirs = tmp_path / "learn.py"
    theirs.write_text("1")
    mine = notebook.own_copy(theirs, tmp_path / "data" / "notebooks")
    assert mine.read_text() == "1"
    mine.write_text("changed")
    assert notebook.own_copy(theirs, tmp_path / "data" / "notebooks").read_text() == "changed"


def test_it_is_served_to_this_machine_with_a_token() -> None:
    served = notebook.marimo_arguments(Path("/x/learn.py"), 2718, is_edited=False)
    assert served == [
        sys.executable, "-m", "marimo", "run", "/x/learn.py",
        "--host", "127.0.0.1", "--port", "2718", "--token", "--no-sandbox",
    ]  # fmt: skip
    edited = notebook.marimo_arguments(Path("/x/learn.py"), 2718, is_edited=True)
    assert edited[3:5] == ["edit", "--skip-update-check"]


def test_a_token_is_read_once_and_no_two_are_alike() -> None:
    tokens = []
    for _ in range(2):
        path = notebook.token_file()
        with open(path, encoding="utf-8") as file:  # noqa: PTH123 - a pipe, not a file
            tokens.append(file.read())
        os.close(int(path.rpartition("/")[2]))
    assert len(set(tokens)) == 2
    assert all(len(token) >= 32 for token in tokens)
