-- Requests of every origin as closed windows with a mergeable latency histogram. Finer evidence wins:
-- raw requests over reported windows, short windows over long ones, access logs only where a service
-- has nothing else that day.
with performance_requests as (
    select feed, service, observed_at, latency_ms, is_error, date, 'requests' as entity
    from {{ ref('stg_performance_data__requests') }}
),

reported as (
    select * from {{ ref('stg_performance_data__request_windows') }}
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

requests as (
    select *, {{ five_minutes('observed_at') }} as window_start_at
    from (
        select * from performance_requests
        union all
        select * from access_requests
    )
),

request_buckets as (
    select feed, service, window_start_at, {{ latency_bucket('latency_ms') }} as bucket, count(*) as bucket_count
    from requests
    where not is_error and isfinite(latency_ms)
    group by all
),

request_totals as (
    select
        date,
        entity,
        feed,
        service,
        window_start_at,
        min(observed_at) as first_at,
        count(*) as request_count,
        count(*) filter (is_error) as error_count,
        quantile_disc(latency_ms, 0.95) filter (not is_error and isfinite(latency_ms)) as latency_p95_ms
    from requests
    group by all
),

short_reports as (
    select *, {{ five_minutes('window_start_at') }} as rounded_at
    from reported
    where window_s <= 300 and 300 % window_s = 0
),

short_report_buckets as (
    select feed, service, rounded_at as window_start_at, bucket, sum(bucket_count)::bigint as bucket_count
    from (
        select feed, service, rounded_at, unnest(latency_buckets) as bucket, unnest(latency_counts) as bucket_count
        from short_reports
    )
    group by all
),

short_report_totals as (
    select
        date,
        'request_windows' as entity,
        feed,
        service,
        rounded_at as window_start_at,
        min(short_reports.window_start_at) as first_at,
        sum(request_count)::bigint as request_count,
        sum(error_count)::bigint as error_count,
        -- a sender's own percentile holds for its own window only
        max(latency_p95_ms) filter (window_s = 300 and latency_buckets is null) as latency_p95_ms
    from short_reports
    group by all
),

five_minute_totals as (
    select * from request_totals
    union all
    select short_report_totals.*
    from short_report_totals
    anti join request_totals using (service, window_start_at)
),

five_minute_histograms as (
    select
        feed,
        service,
        window_start_at,
        list(bucket order by bucket) as latency_buckets,
        list(bucket_count order by bucket) as latency_counts
    from (
        select * from request_buckets
        union all
        select * from short_report_buckets
    )
    group by feed, service, window_start_at
),

five_minutes as (
    select
        five_minute_totals.*,
        300::double as window_s,
        five_minute_histograms.latency_buckets,
        five_minute_histograms.latency_counts
    from five_minute_totals
    left join five_minute_histograms using (feed, service, window_start_at)
),

covered_hours as (
    select distinct service, date_trunc('hour', window_start_at) as hour_at
    from five_minutes
),

long_reports as (
    select
        date,
        'request_windows' as entity,
        feed,
        service,
        window_start_at,
        window_start_at as first_at,
        request_count,
        error_count,
        latency_p95_ms,
        window_s,
        latency_buckets,
        latency_counts
    from reported
    where
        window_s in (3600, 86400)
        and (service, date_trunc('hour', window_start_at)) not in (select (service, hour_at) from covered_hours)
),

all_windows as (
    select * from five_minutes
    union all by name
    select * from long_reports
),

closed as (
    select
        feed,
        service,
        window_start_at,
        window_start_at + to_seconds(window_s) as window_end_at,
        window_s,
        first_at,
        request_count,
        error_count,
        latency_p95_ms,
        latency_buckets,
        latency_counts,
        watermark_at,
        date
    from all_windows
    inner join {{ source('meta', 'watermarks') }} using (feed, entity)
    where window_start_at + to_seconds(window_s) <= watermark_at
)

select * from closed
