-- First sight of each user: their first event, or where nothing sends events, their first sale as a known
-- customer. What was settled earlier stands, so a build reads only the days from the first changed one on.
with sightings as (
    select user_id, date
    from {{ ref('stg_usage_analytics__events') }}
    where {{ is_delivered('events') }}
    union all
    select customer_id, date
    from {{ ref('stg_usage_analytics__orders') }}
    where kind = 'sale' and customer_id is not null and not {{ is_delivered('events') }}
),

first_sightings as (
    select user_id, min(date) as date
    from sightings
    group by user_id
),

settled as (
    select * from {{ settled({'user_id': 'varchar', 'date': 'date'}) }}
),

final as (
    select first_sightings.user_id, first_sightings.date
    from first_sightings
    anti join settled using (user_id)
)

select * from final
