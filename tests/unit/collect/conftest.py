"""A feed in three words: content in, `Collected` out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from anfl_assets.collect.collected import Collected
from anfl_assets.collect.columns.expressions import Read
from anfl_assets.collect.discover import find_files
from anfl_assets.collect.feed import Feed
from anfl_assets.collect.organisation import Organisation
from anfl_assets.collect.read import read_feed_file
from anfl_assets.config.period import Period

NOW = datetime(2026, 10, 1, tzinfo=UTC)
REQUESTS = {
    "observed_at": Read("at"),
    "service": Read("service"),
    "latency_ms": Read("ms"),
    "is_error": Read("failed"),
}


@pytest.fixture
def collect(tmp_path: Path) -> Callable[..., Collected]:
    """Write the content to a file and read it; requests from at, service, ms, failed by default."""

    def read(content: str | bytes, name: str = "rows.csv", **declared: Any) -> Collected:  # noqa: ANN401 - any field of Feed
        stored = content.encode() if isinstance(content, str) else content
        (tmp_path / name).write_bytes(stored)
        organisation = declared.pop("organisation", Organisation())
        fields = {"entity": "requests", "columns": REQUESTS} | declared
        feed = Feed(
            name="rows", root=tmp_path, files=(name,), expect_every=Period(1, "day"), **fields
        )
        (found,) = find_files(feed)
        return read_feed_file(feed, found, now=NOW, organisation=organisation)

    return read
