"""A feed in two texts: what `feeds.yaml` says of it, and its file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent, indent

import pytest

from anfl_assets.collect.collected import Collected
from anfl_assets.collect.discover import find_files
from anfl_assets.collect.feeds import load_feeds
from anfl_assets.collect.read import read_feed_file

NOW = datetime(2026, 10, 1, tzinfo=UTC)

Collect = Callable[..., Collected]


@pytest.fixture
def declared(tmp_path: Path) -> Callable[[str], Path]:
    """Return a function that writes a feeds file with one feed, `rows`, and says where it is."""

    def write(feed: str) -> Path:
        path = tmp_path / "feeds.yaml"
        body = indent(dedent(feed), "    ")
        path.write_text(f"organisation:\n  name: x\nfeeds:\n  rows:\n{body}\n")
        return path

    return write


@pytest.fixture
def collect_as(declared: Callable[[str], Path], tmp_path: Path) -> Collect:
    """Return a function that reads a file with this content and name as the feed says."""

    def read(feed: str, content: str, name: str = "rows.csv") -> Collected:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        feeds = load_feeds(declared(feed), {})
        (found,) = find_files(feeds.feeds[0])
        return read_feed_file(feeds.feeds[0], found, now=NOW, organisation=feeds.organisation)

    return read
