-- Mean share of capacity in use, per host and resource. Sums are decimal so that they are the same
-- whatever order the files are read in.
with samples as (
    select
        resources.host || '/' || resources.resource as subject,
        resources.observed_at,
        resources.utilization_pct::decimal(18, 6) as utilization_pct,
        watermarks.watermark_at
    from {{ ref('stg_system_logs__resources') }} as resources
    inner join {{ source('meta', 'watermarks') }} as watermarks
        on resources.feed = watermarks.feed and watermarks.entity = 'resources'
),

five_minutes as (
    select
        subject,
        {{ five_minutes('observed_at') }} as window_start_at,
        sum(utilization_pct) as utilization_sum,
        count(*) as sample_count,
        max(watermark_at) as watermark_at
    from samples
    group by all
),

hours as (
    select
        subject,
        date_trunc('hour', window_start_at) as window_start_at,
        sum(utilization_sum) as utilization_sum,
        sum(sample_count) as sample_count,
        max(watermark_at) as watermark_at
    from five_minutes
    group by all
),

days as (
    select
        subject,
        date_trunc('day', window_start_at) as window_start_at,
        sum(utilization_sum) as utilization_sum,
        sum(sample_count) as sample_count,
        max(watermark_at) as watermark_at
    from hours
    group by all
),

windows as (
    select '5 minutes' as grain, interval '5 minutes' as length, * from five_minutes
    union all
    select 'hour', interval '1 hour', * from hours
    union all
    select 'day', interval '1 day', * from days
),

final as (
    select
        'resource_utilization' as metric_id,
        subject,
        grain,
        window_start_at,
        window_start_at + length as window_end_at,
        (utilization_sum::double / sample_count)::double as value,
        '%' as unit,
        utilization_sum::double as numerator,
        sample_count::double as denominator,
        sample_count::bigint as sample_count,
        {{ last_day_of('window_start_at + length') }} as date
    from windows
    where window_start_at + length <= watermark_at
)

select * from final
