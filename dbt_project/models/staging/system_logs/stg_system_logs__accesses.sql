with source as (
    select * from {{ source('raw', 'accesses') }}
),

renamed as (
    select
        feed,
        observed_at,
        service,
        status_code,
        response_ms,
        bytes,
        date
    from source
)

select * from renamed
