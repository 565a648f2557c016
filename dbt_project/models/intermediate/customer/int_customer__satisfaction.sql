-- Mean score of 5 over a day and over trailing 30 days (judged). Fewer than five answers are not judged:
-- they say little, and might say who answered.
with score_days as (
    select * from {{ ref('int_customer__score_days') }}
),

rolling as (
    select segment, last_day::date as date, sum(score_sum) as score_sum, sum(answer_count) as answer_count
    from score_days, unnest(generate_series(date, date + 29, interval '1 day')) as days (last_day)
    group by all
),

windows as (
    select 'day' as grain, date as first_day, date, segment, score_sum, answer_count from score_days
    union all
    select '30 days', date - 29, date, segment, score_sum, answer_count from rolling
),

final as (
    select
        'satisfaction' as metric_id,
        segment as subject,
        grain,
        {{ midnight('first_day') }} as window_start_at,
        {{ midnight('date + 1') }} as window_end_at,
        if(answer_count >= 5, score_sum::double / answer_count, null)::double as value,
        'score' as unit,
        score_sum::double as numerator,
        answer_count::double as denominator,
        answer_count::bigint as sample_count,
        date
    from windows
    where {{ midnight('date + 1') }} <= {{ watermark_of('responses') }}
)

select * from final
