-- One row per component and closed 5-minute window at whose end its state was known: whether it had been up
-- at any moment of the last two minutes. A component is down now once it has been down for so long.
with states as (
    {{ probed_states() }}
),

candidates as (
    select
        component,
        feed,
        is_up,
        from_at,
        until_at,
        unnest(
            generate_series(
                {{ five_minutes('from_at') }}, until_at + interval '2 minutes', interval '5 minutes'
            )
        ) as window_start_at
    from states
),

known as (
    select *, window_start_at + interval '5 minutes' as window_end_at
    from candidates
    where from_at < window_end_at and until_at > window_end_at - interval '2 minutes'
),

maintained as (
    select distinct known.component, known.window_end_at
    from known
    inner join {{ source('meta', 'maintenance') }} as maintenance
        on
            known.component = coalesce(maintenance.component, known.component)
            and maintenance.start_at < known.window_end_at
            and maintenance.end_at > known.window_end_at - interval '2 minutes'
),

final as (
    select
        known.component,
        known.window_start_at,
        known.window_end_at,
        bool_or(known.is_up) as is_up,
        count(*)::bigint as state_count,
        {{ last_day_of('known.window_end_at') }} as date
    from known
    inner join {{ source('meta', 'watermarks') }} as watermarks
        on known.feed = watermarks.feed and watermarks.entity = 'probes'
    anti join maintained
        on known.component = maintained.component and known.window_end_at = maintained.window_end_at
    group by known.component, known.window_start_at, known.window_end_at
    having
        known.window_end_at <= max(watermarks.watermark_at)
        -- one first seen down less than two minutes ago is not down yet, nor is it known to be up
        and (bool_or(known.is_up) or min(known.from_at) <= known.window_end_at - interval '2 minutes')
)

select * from final
