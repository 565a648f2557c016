-- Customers active last month who are active this month, of closed months.
with active_months as (
    select * from {{ ref('int_customer__active_months') }}
),

expected as (
    select customer_id, last_day((date + interval '1 day')::date) as date
    from active_months
),

months as (
    select expected.date, count(*) as expected_count, count(active_months.customer_id) as retained_count
    from expected
    left join active_months using (customer_id, date)
    group by expected.date
),

final as (
    select
        'retention' as metric_id,
        'all' as subject,
        'month' as grain,
        {{ midnight("date_trunc('month', date)::date") }} as window_start_at,
        {{ midnight('date + 1') }} as window_end_at,
        100.0 * retained_count / expected_count as value,
        '%' as unit,
        retained_count::double as numerator,
        expected_count::double as denominator,
        expected_count::bigint as sample_count,
        date
    from months
    where {{ midnight('date + 1') }} <= coalesce({{ watermark_of('orders') }}, {{ watermark_of('events') }})
)

select
    * replace (value::double as value)
from final
