-- One row per component and closed day: how long it was known to be up and known at all. A probed state
-- holds until the next probe, at most as long as its feed says; maintenance is not counted.
with probes as (
    select probes.*, feeds.max_carry_s
    from {{ ref('stg_system_logs__probes') }} as probes
    inner join {{ source('meta', 'feeds') }} as feeds using (feed)
),

states as (
    select
        component,
        is_up,
        feed,
        observed_at as from_at,
        least(
            observed_at + to_seconds(max_carry_s),
            coalesce(
                lead(observed_at) over (partition by component order by observed_at asc, is_up desc),
                observed_at + to_seconds(max_carry_s)
            )
        ) as until_at
    from probes
),

-- a state that crosses midnight belongs to both days
touched as (
    select
        *,
        unnest(generate_series(date_trunc('day', from_at), until_at - interval '1 microsecond', interval '1 day'))
            as day_at
    from states
    where until_at > from_at
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

under_maintenance as (
    select
        pieces.component,
        pieces.from_at,
        greatest(pieces.from_at, maintenance.start_at) as overlap_from_at,
        least(pieces.until_at, maintenance.end_at) as overlap_until_at
    from pieces
    inner join {{ source('meta', 'maintenance') }} as maintenance
        on
            pieces.component = coalesce(maintenance.component, pieces.component)
            and pieces.from_at < maintenance.end_at
            and pieces.until_at > maintenance.start_at
),

maintained as (
    select
        component,
        from_at,
        sum(date_diff('microsecond', overlap_from_at, overlap_until_at)) as maintenance_us
    from under_maintenance
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
