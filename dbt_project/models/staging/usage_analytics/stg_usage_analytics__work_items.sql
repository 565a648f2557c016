with source as (
    select * from {{ source('raw', 'work_items') }}
),

renamed as (
    select
        feed,
        created_at,
        started_at,
        done_at,
        team,
        kind,
        date
    from source
)

select * from renamed
