"""From the models' answers on moved times back to real ones.

A result belongs to the feed that brought its subject; the whole (`all`), and what no feed can be
named for, ends with the feed that has told least of those that still tell.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import polars as pl

from anfl_assets.catalog import Catalog
from anfl_assets.frames import TABLES
from anfl_assets.measure.definition import GRAINS, LiveModels
from anfl_assets.measure.snapshot import HISTORY

# What is measured, as the models name it: by this a result finds the feed whose times it has.
# Services are found in the rollups that have them.
_SUBJECTS = {
    "probes": "component",
    "resources": "host || '/' || resource",
    "scalings": "service",
}
_GRAINS = ", ".join(f"'{grain}'" for grain in GRAINS)
_NOTHING = pl.Schema({"metric_id": pl.String(), "subject": pl.String(), "feed": pl.String()})


def nothing() -> pl.DataFrame:
    """Return the frame of an evaluation without feeds."""
    return pl.DataFrame(schema=_NOTHING)


def ended(metric_sql: str) -> str:
    """Restrict a metric to live grains and to windows that have ended by `$end_at`."""
    return (
        f"select * from ({metric_sql}) as metric "
        f"where grain in ({_GRAINS}) and window_end_at <= $end_at"
    )


def history(published: str) -> str:
    """Say a rollup's published rows of live feeds, times moved, that end before the live rows."""
    moved = ", ".join(
        f"published.{name} + to_microseconds(shift_us) as {name}"
        for name in ("window_start_at", "window_end_at", "first_at")
    )
    return (
        "select published.* exclude (window_start_at, window_end_at, first_at, date), "
        f"{moved}, (published.window_start_at + to_microseconds(shift_us))::date as date "
        f"from {published} as published "
        "inner join (select distinct on (feed) feed, shift_us, from_at from lake.live.feeds) "
        "as feeds using (feed) where published.window_end_at <= feeds.from_at "
        f"and published.window_end_at > feeds.from_at - interval '{HISTORY.days} days'"
    )


def name_feeds(connection: duckdb.DuckDBPyConnection, models: LiveModels, catalog: Catalog) -> None:
    """Fill `live.subjects`: for each metric and subject the feed that told of it last.

    One that still tells comes before a silent one, of two the one that has told least.
    """
    told = [
        f"select '{metric.metric_id}' as metric_id, {_SUBJECTS[entity]} as subject, feed, "
        f"max({TABLES[entity].event_at}) as last_at from lake.raw.{entity} group by all"
        for metric in catalog.metrics.values()
        if metric.model in {model.name for model in models.metrics}
        for entity in metric.entities
        if entity in _SUBJECTS
    ]
    told += [
        f"select '{metric_id}', service, feed, max(window_start_at) from {relation} group by all"
        for metric_id, relation in _service_rollups(models, catalog)
    ]
    connection.execute(
        "create or replace table lake.live.subjects as "
        "select metric_id, subject, "
        "arg_max(feed, (not is_silent, last_at, -epoch_us(told_at), feed)) as feed "
        f"from ({' union all '.join(told)}) "
        "inner join (from lake.live.feeds select feed, told_at, is_silent) using (feed) "
        "group by metric_id, subject"
    )


def _service_rollups(models: LiveModels, catalog: Catalog) -> Iterator[tuple[str, str]]:
    """Yield metrics with a rollup of services they read: a silent service is known there alone."""
    metric_ids = {metric.model: metric.metric_id for metric in catalog.metrics.values()}
    relations = {model.name: model.relation for model in models.parents}
    for rollup in models.service_rollups:
        for metric in models.metrics:
            if rollup in metric.parents:
                yield metric_ids[metric.name], relations[rollup]


def placed(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Return what was judged, in real times, `no_data` where the feed is silent."""
    found = connection.sql(_PLACED).to_arrow_table()
    frame = pl.DataFrame(found)
    return frame.with_columns(pl.col(pl.Datetime).dt.convert_time_zone("UTC"))


_PLACED = """
with metric_feeds as (
    select distinct subjects.metric_id, feeds.*
    from lake.live.subjects as subjects
    inner join lake.live.feeds as feeds using (feed)
),

-- the whole ends with the feed that has told least of those that tell, or fell silent with the last
oldest as (
    select distinct on (metric_id)
        metric_id,
        shift_us,
        told_at,
        max(from_at) over (partition by metric_id, is_silent) as from_at,
        is_silent
    from metric_feeds
    order by metric_id, is_silent, if(is_silent, -epoch_us(told_at), epoch_us(told_at))
),

placed as (
    select
        judged.* exclude (window_start_at, window_end_at, date),
        to_microseconds(coalesce(own.shift_us, oldest.shift_us)) as shift,
        judged.window_start_at - shift as window_start_at,
        judged.window_end_at - shift as window_end_at,
        coalesce(own.told_at, oldest.told_at) as told_at,
        coalesce(own.from_at, oldest.from_at) as from_at,
        coalesce(own.is_silent, oldest.is_silent) as is_silent,
        own.feed
    from lake.live.judged as judged
    inner join oldest using (metric_id)
    left join (
        select subjects.subject, metric_feeds.*
        from lake.live.subjects as subjects
        inner join metric_feeds using (metric_id, feed)
    ) as own using (metric_id, subject)
),

fresh as (
    select *
    from placed
    where (grain = 'event' or window_end_at - interval '5 minutes' >= from_at)
        and (not is_silent or window_end_at = told_at)
)

select
    metric_id,
    subject,
    grain,
    window_start_at,
    window_end_at,
    if(is_silent, null, value) as value,
    unit,
    target_operator,
    target_value,
    threshold_value,
    if(is_silent, 'no_data', status) as status,
    severity_breached,
    severity_off_target,
    is_alertable,
    is_headline,
    if(is_silent, 0, sample_count) as sample_count,
    (window_end_at - interval '1 microsecond')::date as date,
    feed
from fresh
"""
