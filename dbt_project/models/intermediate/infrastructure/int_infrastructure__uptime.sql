-- Share of known time up, by day and over rolling 30 days: where less than half the time is known the value
-- is null, and the judge says insufficient. At 5 minutes it says who is down now, for two minutes already.
with component_days as (
    select * from {{ ref('int_infrastructure__component_days') }}
),

rolling_days as (
    select
        component,
        last_day::date as date,
        sum(up_s) as up_s,
        sum(known_s) as known_s,
        sum(state_count) as state_count
    from component_days, unnest(generate_series(date, date + 29, interval '1 day')) as days (last_day)
    where {{ midnight('last_day::date + 1') }} <= {{ watermark_of('probes') }}
    group by all
),

parts as (
    select 'day' as grain, date as first_day, date, component as subject, up_s, known_s, state_count, 43200 as enough_s
    from component_days
    union all
    select '30 days', date - 29, date, component, up_s, known_s, state_count, 15 * 86400 from rolling_days
),

-- of the whole, half the time of all its components must be known
windows as (
    select * from parts
    union all
    select grain, first_day, date, 'all', sum(up_s), sum(known_s), sum(state_count), sum(enough_s)
    from parts
    group by grain, first_day, date
),

five_minutes as (
    select component as subject, window_start_at, window_end_at, is_up, state_count, date
    from {{ ref('int_infrastructure__component_windows') }}
),

now_or_not as (
    select subject, window_start_at, window_end_at, is_up::integer as up, 1 as known, state_count, date
    from five_minutes
    union all
    select 'all', window_start_at, window_end_at, sum(is_up::integer), count(*), sum(state_count), date
    from five_minutes
    group by window_start_at, window_end_at, date
),

final as (
    select
        'uptime' as metric_id,
        subject,
        grain,
        {{ midnight('first_day') }} as window_start_at,
        {{ midnight('date + 1') }} as window_end_at,
        if(known_s >= enough_s, 100.0 * up_s::double / known_s::double, null)::double as value,
        '%' as unit,
        up_s::double as numerator,
        known_s::double as denominator,
        state_count::bigint as sample_count,
        date
    from windows
    union all
    select
        'uptime',
        subject,
        '5 minutes',
        window_start_at,
        window_end_at,
        (100.0 * up / known)::double,
        '%',
        up::double,
        known::double,
        state_count::bigint,
        date
    from now_or_not
)

select * from final
