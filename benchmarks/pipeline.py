"""The two halves of the pipeline as benchmarks call them: landing and building."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from anfl_assets.collect.feeds import load_feeds
from anfl_assets.flow.build import build
from anfl_assets.flow.land import land
from anfl_assets.store.workspace import open_workspace

NOW = datetime(2027, 1, 1, tzinfo=UTC)


def land_all(root: str, feeds_path: str) -> int:
    """Land what is new; return the rows accepted."""
    feeds = load_feeds(Path(feeds_path), os.environ)
    reports = land(open_workspace(Path(root)), feeds, now=NOW)
    assert all(report.received == report.accepted for report in reports), reports
    return sum(report.accepted for report in reports)


def build_all(root: str, feeds_path: str) -> int:
    """Build what changed; return the rows published."""
    feeds = load_feeds(Path(feeds_path), os.environ)
    report = build(open_workspace(Path(root)), feeds, now=NOW)
    assert report.status == "published", [node.message for node in report.failures]
    return sum(table.rows for table in report.tables.values())


def warm_landing() -> None:
    """Import what the first landing of a process would import."""
    for name in ("great_expectations", "pandas", "polars", "deltalake"):
        import_module(name)


def warm_build() -> None:
    """Import dbt and parse the project if it must be."""
    from dbt.cli.main import dbtRunner  # noqa: F401

    from anfl_assets.flow.manifest import load_manifest

    load_manifest()
