-- What each team finished in a closed week (Monday to Sunday), how long it took and what it left open. An
-- item counts for a year: one that is open for longer is forgotten, not work in hand. Deploys are no work.
with items as (
    select
        team,
        started_at,
        date_diff('microsecond', started_at, done_at) / 86400000000.0 as work_days,
        (date_trunc('week', date) + interval '6 days')::date as created_week,
        (date_trunc('week', done_at) + interval '6 days')::date as done_week
    from {{ ref('stg_usage_analytics__work_items') }}
    where lower(kind) != 'deploy'
),

subject_items as (
    select team as subject, * exclude (team) from items
    union all
    select 'all', * exclude (team) from items
),

-- each item in every week from the one it was asked for in to the one it was done in
item_weeks as (
    select
        *,
        unnest(
            generate_series(
                created_week,
                least(coalesce(done_week, created_week + 364), created_week + 364),
                interval '7 days'
            )
        )::date as date
    from subject_items
),

weeks as (
    select
        subject,
        date,
        count(*) filter (done_week = date) as done_count,
        count(*) filter (done_week is distinct from date) as open_count,
        count(*) filter (done_week = date and started_at is not null) as timed_count,
        median(work_days) filter (done_week = date and started_at is not null) as median_days
    from item_weeks
    where {{ midnight('date + 1') }} <= {{ watermark_of('work_items') }}
    group by subject, date
),

statistics as (
    select subject, date, 'items_done' as statistic, done_count as value, 'count' as unit, done_count as sample_count
    from weeks
    union all
    select subject, date, 'median_days' as statistic, median_days as value, 'd' as unit, timed_count as sample_count
    from weeks
    where timed_count > 0
    union all
    select subject, date, 'items_open' as statistic, open_count as value, 'count' as unit, open_count as sample_count
    from weeks
),

final as (
    select
        'team_productivity' as measure_id,
        subject,
        statistic,
        'week' as grain,
        {{ midnight('date - 6') }} as window_start_at,
        {{ midnight('date + 1') }} as window_end_at,
        value::double as value,
        unit,
        sample_count::bigint as sample_count,
        date
    from statistics
)

select * from final
