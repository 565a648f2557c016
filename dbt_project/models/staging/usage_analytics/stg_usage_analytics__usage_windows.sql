with source as (
    select * from {{ source('raw', 'usage_windows') }}
),

renamed as (
    select
        feed,
        window_start_at,
        window_s,
        product,
        kind,
        count,
        of_count,
        date
    from source
)

select * from renamed
