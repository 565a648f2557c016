-- Latency of successful requests as mergeable histograms, one row per counted window and bucket: every
-- percentile that raw values do not give is computed from here.
with windows as (
    select * from {{ ref('int_model_orchestration__request_windows') }}
),

requests as (
    select feed, service, observed_at, latency_ms, is_error, date
    from {{ ref('stg_performance_data__requests') }}
    union all
    select feed, service, observed_at, response_ms, status_code >= 500, date
    from {{ ref('stg_system_logs__accesses') }}
),

request_buckets as (
    select
        date,
        feed,
        service,
        {{ five_minutes('observed_at') }} as window_start_at,
        300::double as window_s,
        {{ latency_bucket('latency_ms') }} as bucket,
        count(*) as bucket_count
    from requests
    where not is_error and isfinite(latency_ms)
    group by all
),

reported as (
    select
        date,
        feed,
        service,
        {{ counted_in('window_s') }} as length_s,
        window_start_at,
        unnest(latency_buckets) as bucket,
        unnest(latency_counts) as bucket_count
    from {{ ref('stg_performance_data__request_windows') }}
),

report_buckets as (
    select
        date,
        feed,
        service,
        time_bucket(to_seconds(length_s), reported.window_start_at) as window_start_at,
        length_s::double as window_s,
        bucket,
        sum(bucket_count)::bigint as bucket_count
    from reported
    where length_s is not null
    group by all
),

-- only what was counted: closed windows for which there is nothing finer
counted as (
    select * from request_buckets
    semi join windows using (feed, service, window_start_at, window_s)
    union all
    select * from report_buckets
    semi join windows using (feed, service, window_start_at, window_s)
)

select feed, service, window_start_at, window_s, bucket, bucket_count, date
from counted
where bucket_count > 0
