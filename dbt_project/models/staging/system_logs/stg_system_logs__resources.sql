with source as (
    select * from {{ source('raw', 'resources') }}
),

renamed as (
    select
        feed,
        observed_at,
        host,
        resource,
        utilization_pct,
        date
    from source
)

select * from renamed
