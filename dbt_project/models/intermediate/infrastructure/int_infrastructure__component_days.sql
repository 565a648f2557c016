-- One row per component and closed day: how long it was known to be up and known at all. Maintenance is not
-- counted.
with states as (
    {{ probed_states() }}
),

-- a state that crosses midnight belongs to both days
touched as (
    select
        *,
        unnest(generate_series(date_trunc('day', from_at), until_at - interval '1 microsecond', interval '1 day'))
            as day_at
    from states
),

pieces as (
    select
        component,
        is_up,
        feed,
        day_at::date as date,
        greatest(from_at, day_at) as from_at,
        least(until_at, day_at + interval '1 day') as until_at
    from touched
),

components as (
    -- distinct: a component is there or not, however often it was probed
    select distinct component from {{ ref('stg_system_logs__probes') }}
),

-- overlapping maintenance windows count once: each is cut to what the ones before it leave
maintenance_edges as (
    select
        components.component,
        maintenance.start_at,
        maintenance.end_at,
        max(maintenance.end_at) over (
            partition by components.component
            order by maintenance.start_at, maintenance.end_at
            rows between unbounded preceding and 1 preceding
        ) as before_end_at
    from {{ source('meta', 'maintenance') }} as maintenance
    inner join components
        on components.component = coalesce(maintenance.component, components.component)
),

maintenance as (
    select component, greatest(start_at, before_end_at) as start_at, end_at
    from maintenance_edges
    where before_end_at is null or end_at > before_end_at
),

maintained as (
    select
        pieces.component,
        pieces.from_at,
        sum(
            date_diff(
                'microsecond',
                greatest(pieces.from_at, maintenance.start_at),
                least(pieces.until_at, maintenance.end_at)
            )
        ) as maintenance_us
    from pieces
    inner join maintenance
        on
            pieces.component = maintenance.component
            and pieces.from_at < maintenance.end_at
            and pieces.until_at > maintenance.start_at
    group by all
),

known as (
    select
        pieces.component,
        pieces.date,
        pieces.feed,
        pieces.is_up,
        date_diff('microsecond', pieces.from_at, pieces.until_at)
        - coalesce(maintained.maintenance_us, 0) as known_us
    from pieces
    left join maintained using (component, from_at)
),

final as (
    select
        known.component,
        known.date,
        (sum(known.known_us) filter (known.is_up) / 1000000)::decimal(18, 6) as up_s,
        (sum(known.known_us) / 1000000)::decimal(18, 6) as known_s,
        count(*)::bigint as state_count
    from known
    inner join {{ source('meta', 'watermarks') }} as watermarks
        on known.feed = watermarks.feed and watermarks.entity = 'probes'
    group by known.component, known.date
    having {{ midnight('known.date + 1') }} <= max(watermarks.watermark_at)
)

select component, date, coalesce(up_s, 0)::decimal(18, 6) as up_s, known_s, state_count
from final
