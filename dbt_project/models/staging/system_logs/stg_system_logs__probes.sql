with source as (
    select * from {{ source('raw', 'probes') }}
),

renamed as (
    select
        feed,
        observed_at,
        component,
        is_up,
        response_ms,
        date
    from source
)

select * from renamed
