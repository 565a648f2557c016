-- One row per day with new users. Where nothing sends events, a product's own count of new users is used
-- if there is one, and first sales otherwise.
with source as (
    select {{ source_of_new_users() }} as entity
),

first_sights as (
    select date, count(*) as new_user_count
    from {{ ref('int_growth__users') }}
    where (select entity from source) in ('events', 'orders')
    group by date
),

-- counts are doubles: summed as decimals they are the same in whatever order they are read
reported as (
    select date, sum(count::decimal(18, 3)) as new_user_count
    from {{ ref('stg_usage_analytics__usage_windows') }}
    where kind = 'new_users' and (select entity from source) = 'usage_windows'
    group by date
),

final as (
    select * from first_sights
    union all
    select * from reported
)

select date, new_user_count::bigint as new_user_count
from final
