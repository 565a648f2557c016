with source as (
    select * from {{ source('raw', 'orders') }}
),

renamed as (
    select
        feed,
        occurred_at,
        customer_id,
        order_id,
        amount,
        currency,
        kind,
        date
    from source
)

select * from renamed
