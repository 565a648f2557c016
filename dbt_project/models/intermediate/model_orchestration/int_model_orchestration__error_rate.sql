-- Failed requests of all requests. A 5-minute window with fewer than 20 requests widens backwards, up to
-- 6 hours, until 20 are in it; where they are not, the value is null and the judge says insufficient.
with windows as (
    select * from {{ ref('int_model_orchestration__request_windows') }}
    inner join {{ feed_watermarks() }} using (feed)
),

five_minutes as (
    select service as subject, window_start_at, sum(request_count) as request_count, sum(error_count) as error_count
    from windows
    where window_s = 300
    group by all
),

five_minute_subjects as (
    select * from five_minutes
    union all
    select 'all', window_start_at, sum(request_count), sum(error_count) from five_minutes group by all
),

running as (
    select
        *,
        sum(request_count) over to_here as requests_to_here,
        sum(error_count) over to_here as errors_to_here,
        sum(request_count) over to_here - request_count as requests_before,
        sum(error_count) over to_here - error_count as errors_before
    from five_minute_subjects
    window to_here as (partition by subject order by window_start_at)
),

-- windows without a request hold nothing to widen to, and would tie with the window after them
filled as (
    select * from running where request_count > 0
),

-- the shortest run of windows ending here that holds 20 requests
widened as (
    select
        judged.subject,
        earliest.window_start_at as widened_from_at,
        judged.window_start_at + interval '5 minutes' as window_end_at,
        judged.window_start_at as asked_at,
        judged.request_count as own_request_count,
        judged.error_count as own_error_count,
        judged.requests_to_here - earliest.requests_before as request_count,
        judged.errors_to_here - earliest.errors_before as error_count
    from running as judged
    asof left join filled as earliest
        on judged.subject = earliest.subject and judged.requests_to_here - 20 >= earliest.requests_before
),

judged_five_minutes as (
    select
        '5 minutes' as grain,
        subject,
        if(is_enough, widened_from_at, asked_at) as window_start_at,
        window_end_at,
        if(is_enough, request_count, own_request_count) as request_count,
        if(is_enough, error_count, own_error_count) as error_count,
        is_enough
    from (
        select *, coalesce(window_end_at - widened_from_at <= interval '6 hours', false) as is_enough
        from widened
    )
),

hours as (
    select
        service as subject,
        date_trunc('hour', window_start_at) as window_start_at,
        sum(request_count) as request_count,
        sum(error_count) as error_count,
        max(watermark_at) as watermark_at
    from windows
    where window_s <= 3600
    group by all
),

days as (
    select
        service as subject,
        date_trunc('day', window_start_at) as window_start_at,
        sum(request_count) as request_count,
        sum(error_count) as error_count,
        max(watermark_at) as watermark_at
    from windows
    group by all
),

coarse as (
    select 'hour' as grain, interval '1 hour' as length, * from hours
    union all
    select 'day', interval '1 day', * from days
),

coarse_subjects as (
    select grain, length, subject, window_start_at, request_count, error_count, watermark_at from coarse
    union all
    select grain, length, 'all', window_start_at, sum(request_count), sum(error_count), max(watermark_at)
    from coarse
    group by all
),

subjects as (
    select * from judged_five_minutes
    union all
    select
        grain,
        subject,
        window_start_at,
        window_start_at + length as window_end_at,
        request_count,
        error_count,
        request_count >= 20 as is_enough
    from coarse_subjects
    where window_start_at + length <= watermark_at
),

final as (
    select
        'error_rate' as metric_id,
        subject,
        grain,
        window_start_at,
        window_end_at,
        if(is_enough, 100.0 * error_count / request_count, null)::double as value,
        '%' as unit,
        error_count::double as numerator,
        request_count::double as denominator,
        request_count::bigint as sample_count,
        {{ last_day_of('window_end_at') }} as date
    from subjects
)

select * from final
