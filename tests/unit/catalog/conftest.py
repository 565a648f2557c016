"""A copy of the catalog that a test may change, file by file."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from anfl_assets.catalog.loader import FILES, FOLDER

Change = Callable[[str, str, str], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The catalog's files in a folder of their own."""
    copy = tmp_path / "catalog"
    copy.mkdir()
    for name in FILES:
        shutil.copy(FOLDER / name, copy / name)
    return copy


@pytest.fixture
def change(folder: Path) -> Change:
    """Replace the first occurrence of a text, which must be there, in one of the files."""

    def replace(file: str, old: str, new: str) -> None:
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace
