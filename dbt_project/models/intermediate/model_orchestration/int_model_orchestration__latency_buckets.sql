-- Latency of successful requests as mergeable histograms, one row per counted window and bucket: every
-- percentile that raw values do not give is computed from here. Counted are closed windows for which there
-- is nothing finer; reports are held against them before their lists are taken apart, which costs most.
with windows as (
    select feed, service, window_start_at, window_s, date
    from {{ ref('int_model_orchestration__request_windows') }}
),

requests as (
    select feed, service, observed_at, latency_ms, is_error
    from {{ ref('stg_performance_data__requests') }}
    union all
    select feed, service, observed_at, response_ms, status_code >= 500
    from {{ ref('stg_system_logs__accesses') }}
),

request_buckets as (
    select
        feed,
        service,
        {{ five_minutes('observed_at') }} as window_start_at,
        {{ latency_bucket('latency_ms') }} as bucket,
        count(*) as bucket_count
    from requests
    where not is_error and isfinite(latency_ms)
    group by all
),

reports as (
    select
        feed,
        service,
        {{ counted_in('window_s') }}::double as length_s,
        time_bucket(to_seconds({{ counted_in('window_s') }}), window_start_at) as window_start_at,
        latency_buckets,
        latency_counts
    from {{ ref('stg_performance_data__request_windows') }}
),

counted_reports as (
    select
        feed,
        service,
        reports.window_start_at,
        length_s as window_s,
        unnest(latency_buckets) as bucket,
        unnest(latency_counts) as bucket_count
    from reports
    semi join windows
        on
            reports.feed = windows.feed
            and reports.service = windows.service
            and reports.window_start_at = windows.window_start_at
            and reports.length_s = windows.window_s
),

counted_requests as (
    select request_buckets.*, windows.window_s
    from request_buckets
    inner join windows using (feed, service, window_start_at)
    where windows.window_s = 300
),

report_buckets as (
    select feed, service, window_start_at, window_s, bucket, sum(bucket_count)::bigint as bucket_count
    from counted_reports
    group by all
),

final as (
    select feed, service, window_start_at, window_s, bucket, bucket_count from counted_requests
    union all
    select feed, service, window_start_at, window_s, bucket, bucket_count from report_buckets
    where bucket_count > 0
)

select *, window_start_at::date as date
from final
