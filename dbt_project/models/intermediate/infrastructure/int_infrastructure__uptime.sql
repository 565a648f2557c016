-- Share of known time up, by day and over rolling 30 days. A rolling figure of which less than half is
-- known is null: the judge says insufficient.
with component_days as (
    select * from {{ ref('int_infrastructure__component_days') }}
),

subjects as (
    select component as subject, date, up_s, known_s, state_count from component_days
    union all
    select 'all', date, sum(up_s), sum(known_s), sum(state_count) from component_days group by date
),

rolling as (
    select subject, last_day::date as date, sum(up_s) as up_s, sum(known_s) as known_s, sum(state_count) as state_count
    from subjects, unnest(generate_series(date, date + 29, interval '1 day')) as days (last_day)
    where {{ midnight('last_day::date + 1') }} <= {{ watermark_of('probes') }}
    group by all
),

-- the parts of the whole share its 30 days, so each is held to the same span
windows as (
    select 'day' as grain, date as first_day, date, subject, up_s, known_s, state_count, true as is_enough
    from subjects
    union all
    select '30 days', date - 29, date, subject, up_s, known_s, state_count, known_s >= 15 * 86400
    from rolling
),

final as (
    select
        'uptime' as metric_id,
        subject,
        grain,
        {{ midnight('first_day') }} as window_start_at,
        {{ midnight('date + 1') }} as window_end_at,
        if(is_enough and known_s > 0, 100.0 * up_s::double / known_s::double, null)::double as value,
        '%' as unit,
        up_s::double as numerator,
        known_s::double as denominator,
        state_count::bigint as sample_count,
        date
    from windows
)

select * from final
