-- What stands on the time axis beside the numbers: deploys (work items of that kind, live when they were
-- done) and maintenance, one row per day it touches. A deploy is known for a year after it was asked for.
with deploys as (
    -- distinct: two items of one team at one instant are one mark
    select distinct
        'deploy' as kind,
        done_at as happened_at,
        null::timestamptz as until_at,
        null::varchar as subject,
        team,
        done_at::date as date
    from {{ ref('stg_usage_analytics__work_items') }}
    where lower(kind) = 'deploy' and done_at <= {{ watermark_of('work_items') }} and done_at::date <= date + 364
),

maintenance as (
    -- distinct: a window written twice is one
    select distinct
        'maintenance' as kind,
        start_at as happened_at,
        end_at as until_at,
        component as subject,
        null::varchar as team,
        unnest(generate_series(start_at::date, (end_at - interval '1 microsecond')::date, interval '1 day'))::date
            as date
    from {{ source('meta', 'maintenance') }}
),

final as (
    select * from deploys
    union all
    select * from maintenance
)

select * from final
