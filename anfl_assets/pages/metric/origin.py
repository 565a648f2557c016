"""Where a metric's numbers come from: sources, feeds, models, and how good what came was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from anfl_assets.catalog import Metric
from anfl_assets.catalog.sections import Source
from anfl_assets.frames import TABLES
from anfl_assets.pages.reading import Reading
from anfl_assets.pages.refusals import PageError
from anfl_assets.pages.site import Site
from anfl_assets.report.feeds_of import FeedOf, feeds_of, quarantined_of
from anfl_assets.report.lineage import Lineage, lineage
from anfl_assets.store.ledger import Row
from anfl_assets.wording.inert import one_line

_ROWS_SHOWN = 100


@dataclass(frozen=True)
class Origin:
    """All of it: sources of §2, feeds, models; why rows are set aside, most rows first.

    `missing` are canonical tables that nothing ever brought.
    """

    sources: tuple[Source, ...]
    entities: tuple[str, ...]
    feeds: tuple[FeedOf, ...]
    missing: tuple[str, ...]
    lineage: Lineage
    quarantined: Sequence[Row]


def set_aside(site: Site, metric: Metric, feed: str | None) -> Mapping[str, Any]:
    """Return the newest rows that feeds of a metric have in quarantine, of one feed if named.

    Raises:
        PageError: no feed of that name brings the metric's records.
    """
    ledger = site.ledger()
    feeds = [each.feed for each in feeds_of(ledger, metric.entities, {})]
    if feed is not None and feed not in feeds:
        known = ", ".join(feeds) or "none yet"
        raise PageError(f"no feed {one_line(feed, 60)!r}; {metric.metric_id} has {known}", 404)
    rows = [
        row
        for name in feeds
        if feed in (None, name)
        for row in ledger.quarantined(feed=name, limit=_ROWS_SHOWN)
    ]
    rows.sort(key=lambda row: (row["at"], row["id"]), reverse=True)
    return {"metric": metric, "feeds": feeds, "feed": feed, "rows": rows[:_ROWS_SHOWN]}


def origin(site: Site, reading: Reading, metric: Metric) -> Origin:
    """Read where the metric's numbers come from."""
    ledger = site.ledger()
    feeds = feeds_of(ledger, metric.entities, reading.build.watermarks)
    quarantined = quarantined_of(ledger, [feed.feed for feed in feeds])
    sources = dict.fromkeys(TABLES[name].source for name in metric.entities)
    brought = {feed.entity for feed in feeds}
    return Origin(
        sources=tuple(site.catalog.sources[name] for name in sources),
        entities=metric.entities,
        feeds=tuple(feeds),
        missing=tuple(name for name in metric.entities if name not in brought),
        lineage=lineage(reading.build.compiled, metric.model),
        quarantined=quarantined,
    )
