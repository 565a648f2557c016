-- One row per day with new users. Where nothing sends events, a product's own count of new users is used
-- if there is one, and first sales otherwise.
with counted as (
    select date, count(*) as new_user_count
    from {{ ref('int_growth__users') }}
    where {{ is_delivered('events') }}
    group by date
),

reported as (
    select date, sum(count)::bigint as new_user_count
    from {{ ref('stg_usage_analytics__usage_windows') }}
    where kind = 'new_users' and not {{ is_delivered('events') }}
    group by date
),

first_sales as (
    select date, count(*) as new_user_count
    from {{ ref('int_growth__users') }}
    where not {{ is_delivered('events') }} and not exists (select 1 from reported)
    group by date
),

final as (
    select * from counted
    union all
    select * from reported
    union all
    select * from first_sales
)

select date, new_user_count::bigint as new_user_count
from final
