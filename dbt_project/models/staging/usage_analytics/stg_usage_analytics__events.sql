with source as (
    select * from {{ source('raw', 'events') }}
),

renamed as (
    select
        feed,
        occurred_at,
        user_id,
        event_name,
        feature,
        properties,
        date
    from source
)

select * from renamed
