-- 95th percentile of successful requests: exact from raw requests at 5 minutes, from merged histograms
-- everywhere else. Percentiles are never averaged.
with windows as (
    select * from {{ ref('int_model_orchestration__request_windows') }}
    inner join {{ feed_watermarks() }} using (feed)
),

buckets as (
    select * from {{ ref('int_model_orchestration__latency_buckets') }}
),

-- exact where raw requests were there; a sender's own percentile where it sent no histogram; only one
-- statement can hold for a window
stated as (
    select
        case window_s when 300 then '5 minutes' when 3600 then 'hour' else 'day' end as grain,
        service as subject,
        window_start_at,
        max(latency_p95_ms) as latency_ms,
        sum(request_count - error_count)::bigint as latency_count
    from windows
    group by all
    having count(*) = 1 and count(latency_p95_ms) = 1
),

hours as (
    select
        service as subject,
        date_trunc('hour', window_start_at) as window_start_at,
        bucket,
        sum(bucket_count)::bigint as bucket_count
    from buckets
    where window_s <= 3600
    group by all
),

days as (
    select
        subject,
        date_trunc('day', window_start_at) as window_start_at,
        bucket,
        sum(bucket_count)::bigint as bucket_count
    from (
        select * from hours
        union all
        select service, window_start_at, bucket, bucket_count from buckets where window_s = 86400
    )
    group by all
),

merged as (
    select '5 minutes' as grain, service as subject, window_start_at, bucket, bucket_count
    from buckets
    where
        window_s = 300
        and (service, window_start_at) not in (select (subject, window_start_at) from stated where grain = '5 minutes')
    union all
    select '5 minutes', 'all', window_start_at, bucket, sum(bucket_count)::bigint
    from buckets
    where window_s = 300
    group by all
    union all
    select 'hour', subject, window_start_at, bucket, bucket_count from hours
    union all
    select 'hour', 'all', window_start_at, bucket, sum(bucket_count)::bigint from hours group by all
    union all
    select 'day', subject, window_start_at, bucket, bucket_count from days
    union all
    select 'day', 'all', window_start_at, bucket, sum(bucket_count)::bigint from days group by all
),

unstated as (
    select merged.* from merged anti join stated using (grain, subject, window_start_at)
),

percentiles as (
    select grain, subject, window_start_at, latency_ms, latency_count from stated
    union all
    -- the linter's grammar knows no lambda of two parameters
    {{ bucket_percentile('unstated', ['grain', 'subject', 'window_start_at'], 0.95) }}  -- noqa: PRS
),

spans as (
    select service as subject, window_start_at, watermark_at from windows
    union all
    select 'all', window_start_at, watermark_at from windows
),

-- how far the feeds that brought an hour or a day have delivered; 5 minutes are there only once closed
ends as (
    select
        'hour' as grain,
        subject,
        date_trunc('hour', window_start_at) as window_start_at,
        max(watermark_at) as watermark_at
    from spans
    group by all
    union all
    select 'day', subject, date_trunc('day', window_start_at), max(watermark_at)
    from spans
    group by all
),

closed as (
    select
        *,
        window_start_at + case grain
            when '5 minutes' then interval '5 minutes'
            when 'hour' then interval '1 hour'
            else interval '1 day'
        end as window_end_at
    from percentiles
    left join ends using (grain, subject, window_start_at)
    where grain = '5 minutes' or window_end_at <= watermark_at
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
)

select * from final
