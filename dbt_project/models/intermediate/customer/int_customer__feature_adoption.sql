-- Weekly active users who used a feature released in the 90 days before the week's end, of closed weeks
-- (Monday to Sunday). Where nothing sends events, a product's own count of feature use is used.
with events as (
    select
        user_id,
        feature,
        (date_trunc('week', date) + interval '6 days')::date as date
    from {{ ref('stg_usage_analytics__events') }}
),

event_weeks as (
    select
        events.date,
        count(distinct events.user_id) filter (features.name is not null) as adopter_count,
        count(distinct events.user_id) as user_count
    from events
    left join {{ source('meta', 'features') }} as features
        on
            events.feature = features.name
            and features.released_on <= events.date
            and features.released_on > events.date - 90
    group by events.date
),

-- a week in which no feature was new cannot be judged
judged_weeks as (
    select
        event_weeks.*,
        (
            select count(*) from {{ source('meta', 'features') }} as features
            where features.released_on <= event_weeks.date and features.released_on > event_weeks.date - 90
        ) > 0 as has_new_features
    from event_weeks
),

reported_weeks as (
    select
        (date_trunc('week', date) + interval '6 days')::date as date,
        sum(count::decimal(18, 3)) as adopter_count,
        sum(of_count::decimal(18, 3)) as user_count,
        true as has_new_features
    from {{ ref('stg_usage_analytics__usage_windows') }}
    where kind = 'feature_use' and of_count > 0 and not {{ is_delivered('events') }}
    group by all
),

weeks as (
    select * from judged_weeks
    union all
    select * from reported_weeks
),

final as (
    select
        'feature_adoption' as metric_id,
        'all' as subject,
        'week' as grain,
        {{ midnight('date - 6') }} as window_start_at,
        {{ midnight('date + 1') }} as window_end_at,
        if(has_new_features and user_count > 0, 100.0 * adopter_count / user_count, null)::double as value,
        '%' as unit,
        adopter_count::double as numerator,
        user_count::double as denominator,
        user_count::bigint as sample_count,
        date
    from weeks
    where {{ midnight('date + 1') }} <= coalesce({{ watermark_of('events') }}, {{ watermark_of('usage_windows') }})
)

select * from final
