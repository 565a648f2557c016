-- What stands now: one row per metric, subject and grain, as of the data's own watermark. A subject that
-- fell silent says so; one that has been silent for long is retired. The board shows the worst of a subject,
-- alerting takes each grain as a condition of its own.
with days as (
    select * from {{ ref('fct_status_day') }}
),

runs as (
    select
        *,
        if(
            is_steady and lag(last_status) over by_day is not distinct from first_status,
            null,
            last_run_start_at
        ) as run_start_at,
        row_number() over (partition by metric_id, subject, grain order by date desc) as days_back
    from days
    window by_day as (partition by metric_id, subject, grain order by date)
),

latest as (
    select
        metric_id,
        subject,
        grain,
        max(run_start_at) as since_at,
        any_value(runs) filter (days_back = 1) as last_day
    from runs
    group by metric_id, subject, grain
),

metric_ends as (
    select metric_id, grain, max(last_day.window_end_at) as window_end_at
    from latest
    group by metric_id, grain
),

-- A feed of files that stands where the subject ended has not gone on without it: it delivers later, not
-- less. A running system is expected to tell all the time.
delivered as (
    select distinct catalog.metric_id, watermarks.watermark_at
    from {{ source('meta', 'watermarks') }} as watermarks
    inner join {{ ref('dim_metric') }} as catalog
        on list_contains(string_split(catalog.entities, ' '), watermarks.entity)
    where watermarks.told_at is null
),

feed_ends as (
    select
        latest.metric_id,
        latest.subject,
        latest.grain,
        bool_or(
            delivered.watermark_at between last_day.window_end_at
            and last_day.window_end_at + to_seconds(catalog.stale_after_s)
        ) as is_next_awaited
    from latest
    inner join {{ ref('dim_metric') }} as catalog using (metric_id)
    left join delivered using (metric_id)
    group by latest.metric_id, latest.subject, latest.grain
),

final as (
    select
        latest.metric_id,
        latest.subject,
        latest.grain,
        catalog.unit,
        last_day.is_headline,
        last_day.is_alertable,
        last_day.window_end_at + to_seconds(catalog.stale_after_s) < metric_ends.window_end_at
        and not coalesce(feed_ends.is_next_awaited, false) as is_silent,
        if(is_silent, 'no_data', last_day.last_status) as status,
        if(is_silent, last_day.window_end_at, latest.since_at) as since_at,
        if(is_silent, null, last_day.value) as value,
        last_day.window_start_at,
        last_day.window_end_at,
        last_day.target_operator,
        last_day.target_value,
        last_day.threshold_value,
        if(is_silent, 0, last_day.sample_count)::bigint as sample_count
    from latest
    inner join metric_ends using (metric_id, grain)
    inner join feed_ends using (metric_id, subject, grain)
    inner join {{ ref('dim_metric') }} as catalog using (metric_id)
    -- silent for 30 days and for ten times what is tolerated: retired, not missing
    where
        last_day.window_end_at + greatest(to_seconds(10 * catalog.stale_after_s), interval '30 days')
        >= metric_ends.window_end_at
)

select * exclude (is_silent) from final
