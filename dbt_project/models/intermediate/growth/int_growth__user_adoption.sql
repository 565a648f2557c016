-- Growth of new users per day: a closed month on the month before (judged), and the trailing 28 days on the
-- 28 before (daily form). Numerator and denominator are the two counts, so raw growth can be shown beside.
with new_user_days as (
    select * from {{ ref('int_growth__new_user_days') }}
),

span as (
    select min(first_on) as first_on, max(watermark_at) as watermark_at
    from {{ source('meta', 'watermarks') }}
    where entity = {{ source_of_new_users() }}
),

-- each day counts in its own month, and in the month after as what came before; a month without a new
-- user is zero, not missing
months as (
    select
        (date_trunc('month', date) + to_months(shift))::date as month_on,
        sum(new_user_count) filter (shift = 0) as new_user_count,
        sum(new_user_count) filter (shift = 1) as before_count
    from new_user_days, unnest([0, 1]) as shifts (shift)
    group by all
),

rolling as (
    select
        last_day::date as date,
        sum(new_user_count) filter (last_day < new_user_days.date + 28) as new_user_count,
        sum(new_user_count) filter (last_day >= new_user_days.date + 28) as before_count
    from new_user_days, unnest(generate_series(date, date + 55, interval '1 day')) as days (last_day)
    group by all
),

windows as (
    select
        'month' as grain,
        month_on as first_day,
        last_day(month_on) as date,
        new_user_count,
        before_count,
        day(last_day(month_on)) as days,
        day((month_on - 1)::date) as before_days
    from months
    union all
    select '28 days', date - 27, date, new_user_count, before_count, 28, 28 from rolling
),

final as (
    select
        'user_adoption' as metric_id,
        'all' as subject,
        grain,
        {{ midnight('first_day') }} as window_start_at,
        {{ midnight('date + 1') }} as window_end_at,
        -- the window before must be whole as well
        if(
            before_count > 0 and first_day - before_days::integer >= span.first_on,
            100.0 * ((coalesce(new_user_count, 0) / days) / (before_count / before_days) - 1),
            null
        )::double as value,
        '%' as unit,
        coalesce(new_user_count, 0)::double as numerator,
        before_count::double as denominator,
        coalesce(new_user_count, 0)::bigint as sample_count,
        date
    from windows, span
    where {{ midnight('date + 1') }} <= span.watermark_at
)

select * from final
