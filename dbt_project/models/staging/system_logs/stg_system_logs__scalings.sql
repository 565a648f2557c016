with source as (
    select * from {{ source('raw', 'scalings') }}
),

renamed as (
    select
        feed,
        requested_at,
        ready_at,
        service,
        from_units,
        to_units,
        date
    from source
)

select * from renamed
