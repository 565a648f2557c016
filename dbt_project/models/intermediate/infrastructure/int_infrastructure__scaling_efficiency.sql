-- Seconds from asking for capacity to having it: each event, and the 95th percentile of a day. One that
-- is not ready at the threshold's age is judged by its age so far, for at most a day.
with scalings as (
    select scalings.*, watermarks.watermark_at
    from {{ ref('stg_system_logs__scalings') }} as scalings
    inner join {{ source('meta', 'watermarks') }} as watermarks
        on scalings.feed = watermarks.feed and watermarks.entity = 'scalings'
),

threshold as (
    select threshold_value as threshold_s
    from {{ ref('metric_catalog') }}
    where metric_id = 'scaling_efficiency'
),

aged as (
    select
        service,
        date,
        requested_at,
        watermark_at,
        ready_at is not null as is_ready,
        coalesce(ready_at, least(watermark_at, requested_at + interval '1 day')) as seen_at
    from scalings
),

-- two requests of one service at one instant are one event, as slow as the slower
events as (
    select
        service,
        date,
        requested_at,
        max(watermark_at) as watermark_at,
        max(seen_at) as seen_at,
        max(date_diff('microsecond', requested_at, seen_at) / 1000000.0) as scaling_s,
        count(*) as event_count
    from aged
    where is_ready or seen_at > requested_at + to_seconds((select threshold_s from threshold))
    group by service, date, requested_at
),

day_subjects as (
    select service as subject, date, scaling_s, watermark_at from events
    union all
    select 'all', date, scaling_s, watermark_at from events
),

windows as (
    select
        'event' as grain, service as subject, requested_at as window_start_at,
        greatest(seen_at, requested_at + interval '1 microsecond') as window_end_at,
        scaling_s, event_count, date, watermark_at
    from events
    union all
    select
        'day', subject, {{ midnight('date') }}, {{ midnight('date + 1') }},
        quantile_disc(scaling_s, 0.95), count(*), date, max(watermark_at)
    from day_subjects
    group by subject, date
),

final as (
    select
        'scaling_efficiency' as metric_id,
        subject,
        grain,
        window_start_at,
        window_end_at,
        scaling_s::double as value,
        's' as unit,
        null::double as numerator,
        null::double as denominator,
        event_count::bigint as sample_count,
        date
    from windows
    -- what is known of an event is known, ready or not; a day may still bring more of them
    where grain = 'event' or window_end_at <= watermark_at
)

select * from final
