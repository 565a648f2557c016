with source as (
    select * from {{ source('raw', 'responses') }}
),

renamed as (
    select
        feed,
        answered_at,
        respondent_id,
        score,
        scale_min,
        scale_max,
        segment,
        comment,
        date
    from source
)

select * from renamed
