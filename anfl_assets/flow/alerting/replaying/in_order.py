"""Judged windows in the order of a replay, with what nobody told of: silence, and its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from anfl_assets.alert.track import GONE
from anfl_assets.catalog import Catalog
from anfl_assets.flow.alerting.replaying.runs import Judged
from anfl_assets.store.relations import fill

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def ordered(connection: DuckDBPyConnection, catalog: Catalog) -> Judged:
    """Return the table `judged` in the order of a replay, with a row where silence began.

    A subject is silent, as the board has it, once its metric went on without it for longer than the
    metric tolerates; after long it is gone.
    """
    stale = [[metric.metric_id, metric.stale_after.seconds] for metric in catalog.metrics.values()]
    fill(connection, "patience", {"metric_id": "varchar", "stale_after_s": "bigint"}, stale)
    for statement in (_TRACKS, _WINDOWS, _NOTED):
        connection.execute(statement)
    return Judged(
        pl.DataFrame(connection.sql(_NAMES).to_arrow_table()),
        pl.DataFrame(connection.sql(_ORDERED).to_arrow_table()),
    )


_TRACKS = """
create or replace temp table tracks as
select
    row_number() over (order by metric_id, grain, subject) - 1 as track,
    metric_id, subject, grain, any_value(unit) as unit, any_value(stale_after_s) as stale_after_s
from judged
inner join patience using (metric_id)
group by metric_id, subject, grain
"""

# Numbers instead of names: the rest is done on millions of rows.
_WINDOWS = """
create or replace temp table windows as
select
    track,
    metric_id || grain as family,
    grain,
    status,
    target_value,
    target_operator,
    threshold_value,
    is_alertable,
    value,
    sample_count,
    window_start_at,
    window_end_at,
    lead(window_end_at) over (
        partition by track order by window_end_at, window_start_at
    ) as next_end_at,
    stale_after_s
from judged
inner join tracks using (metric_id, subject, grain)
"""

_NOTED = f"""
create or replace temp table noted as
with silent as (
    select *
    from windows
    where coalesce(next_end_at, 'infinity') > window_end_at + to_seconds(stale_after_s)
),

ends as (select distinct family, window_end_at as went_on_at from windows),

found as (
    select silent.*, went_on_at, 'no_data' as said
    from silent
    asof inner join ends
        on silent.family = ends.family
        and silent.window_end_at + to_seconds(stale_after_s) < ends.went_on_at
    union all by name
    select silent.*, went_on_at, '{GONE}' as said
    from silent
    asof inner join ends
        on silent.family = ends.family
        and greatest(
            silent.window_end_at + to_seconds(10 * stale_after_s),
            silent.window_end_at + interval '30 days'
        ) < ends.went_on_at
)

select * from found where went_on_at < coalesce(next_end_at, 'infinity')
"""  # noqa: S608 - a word of our own

_NAMES = "select metric_id, subject, grain, unit from tracks order by track"

_ORDERED = """
with told as (
    select *, window_end_at as judged_at, status as said from windows
    union all by name
    select * exclude (went_on_at, value, sample_count),
        went_on_at as judged_at, null::double as value, 0::bigint as sample_count
    from noted
)

select
    track::int as track,
    said::enum('on_target', 'off_target', 'breached', 'insufficient', 'no_data', 'gone') as status,
    target_value,
    target_operator::enum('<', '<=', '>', '>=') as target_operator,
    threshold_value,
    is_alertable,
    value,
    sample_count,
    epoch_us(window_start_at) as start_us,
    epoch_us(window_end_at) as end_us,
    epoch_us(judged_at) as judged_us,
    -- a status begins with the step that brought it, as on the board (fct_status_day)
    epoch_us(case
        when said = 'no_data' then window_end_at
        when grain = '5 minutes' then window_end_at - interval '5 minutes'
        when grain = '30 days' then window_end_at - interval '1 day'
        when grain = 'month' then date_trunc('month', window_end_at - interval '1 microsecond')
        else window_start_at
    end) as begins_us
from told
order by track, judged_us, start_us
"""
