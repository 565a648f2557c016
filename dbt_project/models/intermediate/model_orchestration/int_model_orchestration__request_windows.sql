-- Requests of every origin as closed windows. Finer evidence wins: raw requests over reported windows,
-- short windows over long ones, access logs only where a service has nothing else that day.
with performance_requests as (
    select feed, service, observed_at, latency_ms, is_error, date, 'requests' as entity
    from {{ ref('stg_performance_data__requests') }}
),

reported as (
    select *, {{ counted_in('window_s') }} as length_s
    from {{ ref('stg_performance_data__request_windows') }}
),

performance_days as (
    select service, date from performance_requests
    union
    select service, date from reported
),

access_requests as (
    select
        feed,
        service,
        observed_at,
        response_ms as latency_ms,
        status_code >= 500 as is_error,
        date,
        'accesses' as entity
    from {{ ref('stg_system_logs__accesses') }}
    anti join performance_days using (service, date)
),

request_totals as (
    select
        date,
        entity,
        feed,
        service,
        {{ five_minutes('observed_at') }} as window_start_at,
        300 as length_s,
        min(observed_at) as first_at,
        count(*) as request_count,
        count(*) filter (is_error) as error_count,
        quantile_disc(latency_ms, 0.95) filter (not is_error and isfinite(latency_ms)) as latency_p95_ms
    from (
        select * from performance_requests
        union all
        select * from access_requests
    )
    group by all
),

report_totals as (
    select
        date,
        'request_windows' as entity,
        feed,
        service,
        time_bucket(to_seconds(length_s), reported.window_start_at) as window_start_at,
        length_s,
        min(reported.window_start_at) as first_at,
        sum(request_count)::bigint as request_count,
        sum(error_count)::bigint as error_count,
        -- a sender's own percentile holds for its own window only
        max(latency_p95_ms) filter (window_s = length_s and latency_buckets is null) as latency_p95_ms
    from reported
    where length_s is not null
    group by all
),

five_minutes as (
    select * from request_totals
    union all
    select report_totals.*
    from report_totals
    anti join request_totals using (service, window_start_at)
    where length_s = 300
),

covered_hours as (
    select distinct service, date_trunc('hour', window_start_at) as window_start_at from five_minutes
),

hours as (
    select report_totals.*
    from report_totals
    anti join covered_hours using (service, window_start_at)
    where length_s = 3600
),

covered_days as (
    select service, date from five_minutes
    union
    select service, date from hours
),

days as (
    select report_totals.*
    from report_totals
    anti join covered_days using (service, date)
    where length_s = 86400
),

all_windows as (
    select * from five_minutes
    union all
    select * from hours
    union all
    select * from days
),

closed as (
    select
        feed,
        service,
        window_start_at,
        window_start_at + to_seconds(length_s) as window_end_at,
        length_s::double as window_s,
        first_at,
        request_count,
        error_count,
        latency_p95_ms,
        date
    from all_windows
    inner join {{ source('meta', 'watermarks') }} using (feed, entity)
    where window_start_at + to_seconds(length_s) <= watermark_at
)

select * from closed
