-- One row per day and segment: answers on a common scale of 1 to 5. `all` holds every answer, also those
-- without a segment.
with scores as (
    select
        date,
        segment,
        (1 + 4 * (score - scale_min) / (scale_max - scale_min))::decimal(18, 9) as score_of_5
    from {{ ref('stg_customer_feedback__responses') }}
),

subjects as (
    select date, 'all' as segment, score_of_5 from scores
    union all
    select date, segment, score_of_5 from scores where segment is not null
)

select
    date,
    segment,
    sum(score_of_5)::decimal(27, 9) as score_sum,
    count(*)::bigint as answer_count
from subjects
group by date, segment
