-- One row per day with orders: net revenue, refunds and adjustments included.
select
    date,
    sum(amount)::decimal(18, 4) as revenue,
    count(*)::bigint as order_line_count
from {{ ref('stg_usage_analytics__orders') }}
group by date
