-- One row per metric, subject, judged grain and day: what the day began and ended with and when its last
-- change was, so that "since when" is found without reading every window of history.
with windows as (
    select
        *,
        -- a status begins with the step that brought it, not with the start of a rolling window
        case
            -- said live only: silence begins where the last told window ends
            when status = 'no_data' then window_end_at
            when grain = '5 minutes' then window_end_at - interval '5 minutes'
            when grain = '30 days' then window_end_at - interval '1 day'
            when grain = 'month' then date_trunc('month', window_end_at - interval '1 microsecond')
            else window_start_at
        end as begins_at,
        -- events that end together are told apart by when they began
        (window_end_at, window_start_at) as position,
        coalesce(status != lag(status) over (
            partition by metric_id, subject, grain, date order by window_end_at, window_start_at
        ), true) as is_change
    from {{ ref('fct_metric_status') }}
),

final as (
    select
        metric_id,
        subject,
        grain,
        bool_or(is_headline) as is_headline,
        arg_max(is_alertable, position) as is_alertable,
        arg_min(status, position) as first_status,
        arg_max(status, position) as last_status,
        -- start of the run that the day ends with
        max(begins_at) filter (is_change) as last_run_start_at,
        (count(*) filter (is_change)) = 1 as is_steady,
        arg_max(window_start_at, position) as window_start_at,
        max(window_end_at) as window_end_at,
        -- plain arg_max skips nulls
        arg_max_null(value, position) as value,
        max(unit) as unit,
        arg_max(target_operator, position) as target_operator,
        arg_max(target_value, position) as target_value,
        arg_max(threshold_value, position) as threshold_value,
        arg_max(sample_count, position) as sample_count,
        count(*)::bigint as window_count,
        count(*) filter (status = 'breached')::bigint as breached_count,
        date
    from windows
    group by metric_id, subject, grain, date
)

select * from final
