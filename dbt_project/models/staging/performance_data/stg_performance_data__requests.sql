with source as (
    select * from {{ source('raw', 'requests') }}
),

renamed as (
    select
        feed,
        observed_at,
        service,
        latency_ms,
        is_error,
        date
    from source
)

select * from renamed
