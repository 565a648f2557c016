-- How much of its capacity each host has in use, and which part it is of what all hosts use of a resource.
-- Taken from the metric's own hours and days: nothing raw is read again.
with used as (
    select
        subject,
        split_part(subject, '/', -1) as resource,
        grain,
        window_start_at,
        window_end_at,
        value as used_pct,
        sample_count,
        date
    from {{ ref('int_infrastructure__resource_utilization') }}
    where grain in ('hour', 'day')
),

shared as (
    select *, sum(used_pct) over (partition by resource, grain, window_end_at) as all_used_pct
    from used
),

statistics as (
    select *, 'share_in_use' as statistic, used_pct as value from shared
    union all
    select *, 'share_of_use', 100.0 * used_pct / all_used_pct from shared
    -- of nothing there is no part
    where all_used_pct > 0
),

final as (
    select
        'resource_allocation' as measure_id,
        subject,
        statistic,
        grain,
        window_start_at,
        window_end_at,
        value::double as value,
        '%' as unit,
        sample_count,
        date
    from statistics
)

select * from final
