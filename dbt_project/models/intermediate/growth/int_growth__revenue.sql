-- Net revenue of the trailing three closed months on the three before. A month without orders counts as
-- zero; where not all six months are whole, or the earlier three earned nothing, the value is null.
with span as (
    select {{ first_day_of('orders') }} as first_on, {{ watermark_of('orders') }} as watermark_at
),

months as (
    select
        date_trunc('month', date)::date as month_on,
        sum(revenue) as revenue,
        sum(order_line_count) as order_line_count
    from {{ ref('int_growth__revenue_days') }}
    group by all
),

-- each month counts towards its own and the two following months' trailing sum, then as the sum before
contributions as (
    select
        (month_on + to_months(shift))::date as month_on,
        sum(revenue) filter (shift <= 2) as revenue,
        sum(revenue) filter (shift >= 3) as before_revenue,
        sum(order_line_count) filter (shift <= 2) as order_line_count
    from months, unnest(generate_series(0, 5)) as shifts (shift)
    group by all
),

final as (
    select
        'revenue' as metric_id,
        'all' as subject,
        'month' as grain,
        {{ midnight('(month_on - interval 2 month)::date') }} as window_start_at,
        {{ midnight('last_day(month_on) + 1') }} as window_end_at,
        if(
            before_revenue > 0 and (month_on - interval 5 month)::date >= span.first_on,
            100.0 * (coalesce(revenue, 0)::double / before_revenue::double - 1),
            null
        )::double as value,
        '%' as unit,
        coalesce(revenue, 0)::double as numerator,
        before_revenue::double as denominator,
        coalesce(order_line_count, 0)::bigint as sample_count,
        last_day(month_on) as date
    from contributions, span
    where {{ midnight('last_day(month_on) + 1') }} <= span.watermark_at
)

select * from final
