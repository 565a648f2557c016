-- The board: one row per metric and subject, as of the data's own watermark. Where a metric is judged on
-- several windows the worst is shown; a metric without data says so.
with worst as (
    select *
    from {{ ref('fct_status_latest') }}
    qualify row_number() over (
        partition by metric_id, subject
        -- what is judged on one window says more than that another has too little evidence
        order by status = 'insufficient', {{ badness('status') }} desc, is_headline desc, grain
    ) = 1
),

final as (
    select
        catalog.metric_id,
        coalesce(worst.subject, 'all') as subject,
        catalog.section,
        catalog.domain,
        coalesce(worst.grain, catalog.headline_grain) as grain,
        worst.value,
        catalog.unit,
        coalesce(worst.target_value, catalog.target_value) as target_value,
        coalesce(worst.target_operator, catalog.target_operator) as target_operator,
        coalesce(worst.threshold_value, catalog.threshold_value) as threshold_value,
        coalesce(worst.status, 'no_data') as status,
        worst.since_at,
        worst.window_start_at,
        worst.window_end_at,
        coalesce(worst.sample_count, 0)::bigint as sample_count,
        coalesce(worst.is_alertable, true) as is_alertable,
        case coalesce(worst.status, 'no_data')
            when 'breached' then catalog.severity_breached
            when 'no_data' then catalog.severity_breached
            when 'off_target' then catalog.severity_off_target
        end as severity
    from {{ ref('dim_metric') }} as catalog
    left join worst using (metric_id)
)

select * from final
