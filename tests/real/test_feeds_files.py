"""The feeds files of the real data sets are without fault, also where the data itself is absent."""

from __future__ import annotations

from pathlib import Path

import pytest

from anfl_assets.collect.feeds import load_feeds
from tests.real.folder import HERE, MASK_KEY, feeds_path

pytestmark = pytest.mark.real


@pytest.mark.parametrize("name", sorted(path.parent.name for path in HERE.glob("*/feeds.yaml")))
def test_a_feeds_file_is_without_fault_and_finds_its_data_by_a_variable(
    name: str, tmp_path: Path
) -> None:
    feeds = load_feeds(feeds_path(name), MASK_KEY | {"ANFL_REAL_DATA": str(tmp_path)})
    assert {feed.root.parent.parent for feed in feeds.feeds} == {tmp_path}
