-- Requests per second over whole windows. A service whose source is alive and that had no request in a
-- window counts as zero; where the source is silent there is no row, so that the board says no data.
with windows as (
    select * from {{ ref('int_model_orchestration__request_windows') }}
    inner join {{ feed_watermarks() }} using (feed)
),

-- a running system that has told everything up to a moment was alive until then, with requests or without
told as (
    select
        watermarks.feed,
        watermarks.watermark_at,
        unnest(
            generate_series(
                (select {{ five_minutes('min(window_start_at)') }} from windows where window_s = 300),
                watermarks.told_at - interval '5 minutes',
                interval '5 minutes'
            )
        ) as window_start_at
    from {{ source('meta', 'watermarks') }} as watermarks
    where watermarks.feed in (select feed from windows)
),

alive as (
    select feed, window_start_at, watermark_at, date from windows where window_s = 300
    union
    select feed, window_start_at, watermark_at, window_start_at::date from told
),

alive_days as (
    select distinct date from alive
),

service_days as (
    select feed, service, date, min(first_at) as first_at, max(window_start_at) as last_at
    from windows
    where window_s = 300
    group by all
),

-- a service is expected for seven days after its last request, from the feed that brought it last
expected as (
    select
        service_days.service,
        days.date,
        arg_max(service_days.feed, (service_days.last_at, service_days.feed)) as feed,
        min(service_days.first_at) as first_at
    from service_days
    inner join alive_days as days
        on service_days.date between days.date - 7 and days.date
    group by all
),

silent_or_not as (
    select expected.service, alive.window_start_at, 0 as request_count, alive.watermark_at
    from alive
    inner join expected using (feed, date)
    where alive.window_start_at >= expected.first_at
    union all
    select windows.service, windows.window_start_at, windows.request_count, windows.watermark_at
    from windows
    inner join expected using (service, date)
    where windows.window_s = 300 and windows.window_start_at >= expected.first_at
),

five_minutes as (
    select
        service as subject,
        window_start_at,
        300::double as covered_s,
        sum(request_count) as request_count,
        max(watermark_at) as watermark_at
    from silent_or_not
    group by all
),

hour_parts as (
    select
        subject,
        date_trunc('hour', window_start_at) as window_start_at,
        sum(covered_s) as covered_s,
        sum(request_count) as request_count,
        max(watermark_at) as watermark_at
    from five_minutes
    group by all
    union all
    select service, window_start_at, window_s, request_count, watermark_at from windows where window_s = 3600
),

-- several feeds may speak of one hour or day: their requests add up, its length does not
hours as (
    select
        subject,
        window_start_at,
        max(covered_s) as covered_s,
        sum(request_count) as request_count,
        max(watermark_at) as watermark_at
    from hour_parts
    group by all
),

day_parts as (
    select
        subject,
        date_trunc('day', window_start_at) as window_start_at,
        sum(covered_s) as covered_s,
        sum(request_count) as request_count,
        max(watermark_at) as watermark_at
    from hours
    group by all
    union all
    select service, window_start_at, window_s, request_count, watermark_at from windows where window_s = 86400
),

days as (
    select
        subject,
        window_start_at,
        max(covered_s) as covered_s,
        sum(request_count) as request_count,
        max(watermark_at) as watermark_at
    from day_parts
    group by all
),

parts as (
    select '5 minutes' as grain, interval '5 minutes' as length, * from five_minutes
    union all by name
    select 'hour' as grain, interval '1 hour' as length, * from hours
    union all by name
    select 'day' as grain, interval '1 day' as length, * from days
),

subjects as (
    select grain, length, subject, window_start_at, covered_s, request_count, watermark_at from parts
    union all
    select grain, length, 'all', window_start_at, max(covered_s), sum(request_count), max(watermark_at)
    from parts
    group by all
),

final as (
    select
        'throughput' as metric_id,
        subject,
        grain,
        window_start_at,
        window_start_at + length as window_end_at,
        (request_count / covered_s)::double as value,
        'req/s' as unit,
        request_count::double as numerator,
        covered_s as denominator,
        request_count::bigint as sample_count,
        {{ last_day_of('window_start_at + length') }} as date
    from subjects
    -- an hour or day needs half its windows: a rate over less is no rate of the whole
    where window_start_at + length <= watermark_at and 2 * covered_s >= epoch(length)
)

select * from final
