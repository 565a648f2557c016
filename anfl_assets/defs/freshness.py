"""How old a source or a metric may grow before Dagster calls it stale, from the catalog.

A source is asked for within the time its files are expected; a metric must be published again
before its silence counts as no data. A forecast may miss one of its rounds.
"""

import dagster as dg

from anfl_assets.catalog.model import Metric
from anfl_assets.catalog.sections import Forecast, Source


def source_freshness(source: Source) -> dg.FreshnessPolicy | None:
    """Return the policy of a source: collected at least as often as files are expected (§2.1)."""
    expected = source.expect_every.timedelta
    return None if expected is None else dg.FreshnessPolicy.time_window(fail_window=expected)


def metric_freshness(metric: Metric) -> dg.FreshnessPolicy | None:
    """Return the policy of a metric's model: published before it is stale (§1)."""
    stale_after = metric.stale_after.timedelta
    return None if stale_after is None else dg.FreshnessPolicy.time_window(fail_window=stale_after)


def forecast_freshness(asked: Forecast) -> dg.FreshnessPolicy | None:
    """Return the policy of a forecast: made again within twice its cadence (§3.2)."""
    every = asked.update_frequency.every
    period = None if every is None else every.timedelta
    return None if period is None else dg.FreshnessPolicy.time_window(fail_window=2 * period)
