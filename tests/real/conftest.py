"""Landing and building a public data set once for all tests of its module."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache

import pytest

from anfl_assets.collect.feeds import load_feeds
from anfl_assets.flow.build import build
from anfl_assets.flow.land import land
from anfl_assets.store.workspace import open_workspace
from tests.real.folder import MASK_KEY, NOW, Folder, feeds_path


@pytest.fixture(scope="session")
def landed_and_built(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Folder]:
    """Return a function from a data set's name to its folder; skips where the data is absent."""

    @cache
    def folder(name: str) -> Folder:
        feeds = load_feeds(feeds_path(name), MASK_KEY | os.environ)
        raw = feeds.feeds[0].root.resolve()
        if not raw.is_dir():
            pytest.skip(f"real data set {name} is absent: no folder {raw} (see ANFL_REAL_DATA)")
        workspace = open_workspace(tmp_path_factory.mktemp(name))
        landed = land(workspace, feeds, now=NOW)
        built = build(workspace, feeds, now=NOW)
        return Folder(workspace, {report.feed: report for report in landed}, built, raw)

    return folder
