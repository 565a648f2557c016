"""Where a metric's numbers come from: sources, feeds, models, and how good what came was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from anfl_assets.catalog import Metric
from anfl_assets.catalog.sections import Source
from anfl_assets.frames import TABLES
from anfl_assets.pages.reading import Reading
from anfl_assets.pages.site import Site
from anfl_assets.report.feeds_of import FeedOf, feeds_of, quarantined_of
from anfl_assets.report.lineage import Lineage, lineage
from anfl_assets.store.ledger import Row


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
