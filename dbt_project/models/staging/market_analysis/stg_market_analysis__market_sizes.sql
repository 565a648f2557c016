with source as (
    select * from {{ source('raw', 'market_sizes') }}
),

renamed as (
    select
        feed,
        period_start_on,
        period_end_on,
        market,
        company,
        amount,
        unit,
        report,
        date
    from source
)

select * from renamed
