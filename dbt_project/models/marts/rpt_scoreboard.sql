-- The board: one row per metric and subject, as of the data's own watermark. Where a metric is judged on
-- several windows the worst is shown; a subject that fell silent, and a metric without data, say so.
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

present as (
    select
        latest.metric_id,
        latest.subject,
        latest.grain,
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
        if(is_silent, 0, last_day.sample_count) as sample_count
    from latest
    inner join metric_ends using (metric_id, grain)
    inner join feed_ends using (metric_id, subject, grain)
    inner join {{ ref('dim_metric') }} as catalog using (metric_id)
    -- silent for 30 days and for ten times what is tolerated: retired, not missing
    where
        last_day.window_end_at + greatest(to_seconds(10 * catalog.stale_after_s), interval '30 days')
        >= metric_ends.window_end_at
),

worst as (
    select *
    from present
    qualify row_number() over (
        partition by metric_id, subject
        -- what is judged on one window says more than that another has too little evidence
        order by status = 'insufficient', {{ badness('status') }} desc, is_headline desc, grain
    ) = 1
),

final as (
    select
        catalog.metric_id,
        coalesce(worst.subject, 'all') as subject,
        catalog.section,
        catalog.domain,
        coalesce(worst.grain, catalog.headline_grain) as grain,
        worst.value,
        catalog.unit,
        coalesce(worst.target_value, catalog.target_value) as target_value,
        coalesce(worst.target_operator, catalog.target_operator) as target_operator,
        coalesce(worst.threshold_value, catalog.threshold_value) as threshold_value,
        coalesce(worst.status, 'no_data') as status,
        worst.since_at,
        worst.window_start_at,
        worst.window_end_at,
        coalesce(worst.sample_count, 0)::bigint as sample_count,
        coalesce(worst.is_alertable, true) as is_alertable,
        case coalesce(worst.status, 'no_data')
            when 'breached' then catalog.severity_breached
            when 'no_data' then catalog.severity_breached
            when 'off_target' then catalog.severity_off_target
        end as severity
    from {{ ref('dim_metric') }} as catalog
    left join worst using (metric_id)
)

select * from final
