"""The measures of the operational dashboard (§4.1), those of a build and those of the ledger.

Here the feeds' expectations meet the ledger; what is measured and how is said in `report/`.
"""

from __future__ import annotations

from datetime import datetime

from anfl_assets.catalog.model import Catalog
from anfl_assets.collect.feed import Feeds
from anfl_assets.report.operational import Measured, measured
from anfl_assets.report.process import MEASURE_ID, process_efficiency
from anfl_assets.report.published import Published
from anfl_assets.store.ledger import open_ledger


def operational(
    published: Published, catalog: Catalog, feeds: Feeds, *, since: datetime, until: datetime
) -> list[Measured]:
    """Return every measure of the catalog's dashboards that has a window in the stretch of time.

    In the catalog's order; closed windows only. Running systems are asked all the time: their
    silence is a status of its own, so only feeds of files owe a delivery.
    """
    measures = [each for board in catalog.dashboards.values() for each in board.measures]
    found = measured(published, measures, since=since, until=until)
    expected = {feed.name: feed.expect_every for feed in feeds.feeds if feed.connector is None}
    with open_ledger(published.workspace) as ledger:
        for measure in measures:
            if measure.measure_id == MEASURE_ID:
                found += process_efficiency(
                    ledger, measure, expected=expected, since=since, until=until
                )
    order = [each.measure_id for each in measures]
    return sorted(found, key=lambda each: order.index(each.measure_id))
