"""Write the example company: raw files, feeds.yaml, organisation.yaml and truth.json.

The same `as_of` and seed give the same bytes. Files are written beside the folder and moved into
place at the end, so that a folder with a truth.json is always whole.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from anfl_assets.errors import WorkspaceError
from examples.company import (
    customer_feedback,
    events,
    market_analysis,
    orders,
    performance_data,
    scalings,
    system_logs,
    usage_analytics,
)
from examples.company.machines import stream
from examples.company.organisation import organisation
from examples.company.raw_files import Extract, write
from examples.company.timeline import Timeline
from examples.company.truth import FORMAT, truth

SEED = 20241116
TRUTH = "truth.json"
FEEDS = "feeds.yaml"
_TEMPLATE = Path(__file__).with_name(FEEDS)
_NOTE = "# Simulated: made by a seed for the example company, not measured anywhere.\n"
# What `brought` yields, for progress.
FEED_COUNT = 15


@dataclass(frozen=True)
class Progress:
    """One more feed is on disk: `done` of `total`."""

    feed: str
    done: int
    total: int


@dataclass(frozen=True)
class Generated:
    """A whole example folder."""

    folder: Path
    truth: dict[str, Any]

    @property
    def feeds_path(self) -> Path:
        """The feeds file to run the pipeline with."""
        return self.folder / FEEDS

    @property
    def as_of(self) -> datetime:
        """The end of its history."""
        return datetime.fromisoformat(self.truth["as_of"])


def generated(folder: Path) -> Generated | None:
    """The example that a folder holds already, or None."""
    path = folder / TRUTH
    if not path.is_file():
        return None
    return Generated(folder, json.loads(path.read_text(encoding="utf-8")))


def generate(
    folder: Path,
    *,
    as_of: datetime,
    seed: int = SEED,
    on_progress: Callable[[Progress], None] | None = None,
) -> Generated:
    """Make the example in `folder`; at once where it is there already.

    Raises:
        UserError: `as_of` is not midnight UTC.
        WorkspaceError: the folder holds another example or other files.
    """
    timeline = Timeline(as_of)
    present = generated(folder)
    if present is not None:
        _refuse_another(present, as_of, seed)
        return present
    if folder.exists() and any(folder.iterdir()):
        raise WorkspaceError(
            f"{folder}: found files that are not the example's; expected an empty folder or none"
        )
    partial = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    extracts = _write_feeds(partial, timeline, seed, on_progress or _ignore)
    content = truth(extracts, timeline, seed)
    _write_texts(partial, timeline, content)
    if folder.exists():
        folder.rmdir()
    partial.rename(folder)
    return Generated(folder, content)


def _ignore(progress: Progress) -> None:
    """Nobody watches."""


def _write_feeds(
    folder: Path, timeline: Timeline, seed: int, on_progress: Callable[[Progress], None]
) -> dict[str, Extract]:
    extracts: dict[str, Extract] = {}
    for extract in brought(timeline, seed):
        for file in extract.files:
            write(file, folder)
        extracts[extract.feed] = extract
        on_progress(Progress(extract.feed, len(extracts), FEED_COUNT))
    return extracts


def _refuse_another(present: Generated, as_of: datetime, seed: int) -> None:
    found = (present.truth["format"], present.as_of, present.truth["seed"])
    if found != (FORMAT, as_of, seed):
        raise WorkspaceError(
            f"{present.folder}: found the example as of {present.as_of.date()} "
            f"(seed {found[2]}, format {found[0]}); expected {as_of.date()} "
            f"(seed {seed}, format {FORMAT}): take another folder or remove this one"
        )


def brought(timeline: Timeline, seed: int) -> Iterator[Extract]:
    """Each feed in turn; every module draws from a stream of its own, named by what it makes."""

    def draw(name: str) -> np.random.Generator:
        return stream(seed, name)

    yield from system_logs.probes(timeline, draw("probes"))
    yield system_logs.resources(timeline, seed, draw("resources"))
    yield scalings.scalings(timeline, draw("scalings"))
    yield system_logs.accesses(timeline, draw("accesses"))
    yield from performance_data.request_windows(timeline, draw("request_windows"))
    yield performance_data.requests(timeline, draw("requests"))
    happened = events.events(timeline, draw("events"))
    yield happened
    yield usage_analytics.usage_windows(happened.rows)
    yield orders.orders(timeline, draw("orders"))
    yield usage_analytics.work_items(timeline, draw("work_items"))
    yield customer_feedback.responses(timeline, draw("responses"))
    yield customer_feedback.interviews(timeline, draw("interviews"))
    yield market_analysis.market_sizes(timeline)


def _write_texts(folder: Path, timeline: Timeline, content: dict[str, Any]) -> None:
    ours = yaml.safe_dump(organisation(timeline), sort_keys=False, allow_unicode=True)
    texts = {
        FEEDS: _TEMPLATE.read_text(encoding="utf-8"),
        "organisation.yaml": _NOTE + ours,
        TRUTH: json.dumps(content, indent=1) + "\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
