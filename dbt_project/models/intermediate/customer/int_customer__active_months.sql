-- One row per month and customer active in it, kept under the month's last day. Active means a sale; where
-- nothing sends orders, any event.
with activity as (
    select customer_id, date
    from {{ ref('stg_usage_analytics__orders') }}
    where kind = 'sale' and customer_id is not null
    union all
    select user_id, date
    from {{ ref('stg_usage_analytics__events') }}
    where not {{ is_delivered('orders') }}
)

-- distinct: a customer is active in a month or not, however often
select distinct customer_id, last_day(date) as date
from activity
