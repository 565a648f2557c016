-- 95th percentile of successful requests: exact from raw requests at 5 minutes, from merged histograms
-- everywhere else. Percentiles are never averaged.
with windows as (
    select * from {{ ref('int_model_orchestration__request_windows') }}
),

buckets as (
    select service, window_start_at, window_s, unnest(latency_buckets) as bucket, unnest(latency_counts) as bucket_count
    from windows
),

hour_buckets as (
    select service, date_trunc('hour', window_start_at) as window_start_at, bucket, sum(bucket_count) as bucket_count
    from buckets
    where window_s <= 3600
    group by all
),

day_buckets as (
    select service, date_trunc('day', window_start_at) as window_start_at, bucket, sum(bucket_count) as bucket_count
    from (
        select * from hour_buckets
        union all
        select service, window_start_at, bucket, bucket_count from buckets where window_s = 86400
    )
    group by all
),

merged_buckets as (
    select '5 minutes' as grain, 'all' as subject, window_start_at, bucket, sum(bucket_count)::bigint as bucket_count
    from buckets
    where window_s = 300
    group by all
    union all
    select 'hour', service, window_start_at, bucket, bucket_count::bigint from hour_buckets
    union all
    select 'hour', 'all', window_start_at, bucket, sum(bucket_count)::bigint from hour_buckets group by all
    union all
    select 'day', service, window_start_at, bucket, bucket_count::bigint from day_buckets
    union all
    select 'day', 'all', window_start_at, bucket, sum(bucket_count)::bigint from day_buckets group by all
),

-- one histogram for each service and window, whichever feeds brought its parts
service_windows as (
    select service, window_start_at, count(*) as part_count
    from windows
    where window_s = 300
    group by all
),

histograms as (
    select
        grain,
        subject,
        window_start_at,
        list(bucket order by bucket) as latency_buckets,
        list(bucket_count order by bucket) as latency_counts
    from merged_buckets
    group by all
    union all
    select '5 minutes', service, window_start_at, latency_buckets, latency_counts
    from windows
    inner join service_windows using (service, window_start_at)
    where window_s = 300 and part_count = 1 and len(latency_buckets) > 0
    union all
    select
        '5 minutes',
        service,
        window_start_at,
        list(bucket order by bucket),
        list(bucket_count order by bucket)
    from (
        select service, window_start_at, bucket, sum(bucket_count)::bigint as bucket_count
        from buckets
        inner join service_windows using (service, window_start_at)
        where window_s = 300 and part_count > 1
        group by all
    )
    group by service, window_start_at
),

percentile_buckets as (
    select
        grain,
        subject,
        window_start_at,
        -- the linter's grammar knows no lambda of two parameters
        {{ percentile_bucket('latency_buckets', 'latency_counts', 0.95) }} as bucket,  -- noqa: PRS
        list_sum(latency_counts) as latency_count
    from histograms
),

from_histograms as (
    select grain, subject, window_start_at, {{ bucket_ms('bucket') }} as latency_ms, latency_count
    from percentile_buckets
),

-- exact where raw requests were there; a sender's own percentile where it sent no histogram; only one
-- statement can hold for a window
stated as (
    select
        case window_s when 300 then '5 minutes' when 3600 then 'hour' else 'day' end as grain,
        service as subject,
        window_start_at,
        any_value(latency_p95_ms) as latency_ms,
        any_value(request_count - error_count) as latency_count
    from windows
    where latency_p95_ms is not null and (window_s = 300 or latency_buckets is null)
    group by all
    having count(*) = 1
),

percentiles as (
    select grain, subject, window_start_at, latency_ms, latency_count from stated
    union all
    select from_histograms.* from from_histograms anti join stated using (grain, subject, window_start_at)
),

closed as (
    select
        percentiles.*,
        window_start_at + case grain
            when '5 minutes' then interval '5 minutes'
            when 'hour' then interval '1 hour'
            else interval '1 day'
        end as window_end_at
    from percentiles
),

final as (
    select
        'inference_latency' as metric_id,
        subject,
        grain,
        window_start_at,
        window_end_at,
        latency_ms::double as value,
        'ms' as unit,
        null::double as numerator,
        null::double as denominator,
        latency_count::bigint as sample_count,
        {{ last_day_of('window_end_at') }} as date
    from closed
    where window_end_at <= (select max(watermark_at) from windows)
)

select * from final
