"""The example company, landed and built once for every file that reads it."""

from __future__ import annotations

import fcntl
import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from anfl_assets.collect.feeds import load_feeds
from anfl_assets.flow.binding import bind_feeds
from anfl_assets.flow.build import build
from anfl_assets.flow.land import LandReport, land
from anfl_assets.store.workspace import open_workspace
from examples.company.generate import generate

EXAMPLE_AS_OF = datetime(2026, 11, 23, tzinfo=UTC)
_LANDED = "landed.json"


@dataclass(frozen=True)
class BuiltExample:
    """The example company's data folder as a build left it, and what its landing reported."""

    root: Path
    landed: Mapping[str, LandReport]


def built_in(folder: Path) -> BuiltExample:
    """Return the example of a folder; whoever asks first makes it, the others wait."""
    root = folder / "the_example_company"
    with (folder / "the_example_company.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (root / _LANDED).exists():
            shutil.rmtree(root, ignore_errors=True)
            _make(root)
    told = json.loads((root / _LANDED).read_text())
    return BuiltExample(root, {name: LandReport(**report) for name, report in told.items()})


def _make(root: Path) -> None:
    generate(root / "example", as_of=EXAMPLE_AS_OF)
    feeds = load_feeds(root / "example" / "feeds.yaml", {})
    workspace = open_workspace(root)
    bind_feeds(workspace, root / "example" / "feeds.yaml")
    landed = land(workspace, feeds, now=EXAMPLE_AS_OF)
    report = build(workspace, feeds, now=EXAMPLE_AS_OF)
    assert report.status == "published", [node.message for node in report.failures]
    told = {each.feed: asdict(each) for each in landed}
    (root / _LANDED).write_text(json.dumps(told))
