-- Growth of new users per day: a closed month on the month before (judged), and the trailing 28 days on the
-- 28 before (daily form). Numerator and denominator are the two counts, so raw growth can be shown beside.
with new_user_days as (
    select * from {{ ref('int_growth__new_user_days') }}
),

span as (
    select
        coalesce({{ first_day_of('events') }}, {{ first_day_of('usage_windows') }}, {{ first_day_of('orders') }})
            as first_on,
        coalesce({{ watermark_of('events') }}, {{ watermark_of('usage_windows') }}, {{ watermark_of('orders') }})
            as watermark_at
),

months as (
    select date_trunc('month', date)::date as month_on, sum(new_user_count) as new_user_count
    from new_user_days
    group by all
),

month_pairs as (
    select
        'month' as grain,
        this.month_on as first_day,
        last_day(this.month_on) as date,
        this.new_user_count,
        before.new_user_count as before_count,
        date_diff('day', this.month_on, last_day(this.month_on)) + 1 as days,
        date_diff('day', before.month_on, last_day(before.month_on)) + 1 as before_days
    from months as this
    left join months as before on before.month_on = this.month_on - interval '1 month'
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
    select * from month_pairs
    union all
    select '28 days', date - 27, date, coalesce(new_user_count, 0), before_count, 28, 28 from rolling
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
            100.0 * ((new_user_count / days) / (before_count / before_days) - 1),
            null
        )::double as value,
        '%' as unit,
        new_user_count::double as numerator,
        before_count::double as denominator,
        new_user_count::bigint as sample_count,
        date
    from windows, span
    where {{ midnight('date + 1') }} <= span.watermark_at
)

select * from final
