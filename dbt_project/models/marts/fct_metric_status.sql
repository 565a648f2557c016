-- The judge's book: one row per judged observation, with the target and threshold it was held to. An
-- organisation's own targets for a subject come before the catalog's, and those before the metric's.
with observations as (
    select * from {{ ref('fct_metric_observation') }}
),

judged as (
    select
        observations.*,
        coalesce(own.target_operator, subject_target.target_operator, catalog.target_operator) as target_operator,
        coalesce(own.target_value, subject_target.target_value, catalog.target_value) as target_value,
        coalesce(own.threshold_value, subject_target.threshold_value, catalog.threshold_value) as threshold_value,
        catalog.severity_breached,
        catalog.severity_off_target,
        -- the whole is shown; alerts go to its parts, where it has any
        not (
            catalog.has_parts
            and observations.subject = 'all'
            and count(*) over (partition by metric_id, observations.grain, observations.window_end_at) > 1
        ) as is_alertable,
        grains.is_headline
    from observations
    inner join {{ ref('metric_grain_catalog') }} as grains using (metric_id, grain)
    inner join {{ ref('metric_catalog') }} as catalog using (metric_id)
    left join {{ ref('metric_target_catalog') }} as subject_target using (metric_id, subject)
    left join {{ source('meta', 'targets') }} as own using (metric_id, subject)
),

final as (
    select
        metric_id,
        subject,
        grain,
        window_start_at,
        window_end_at,
        value,
        unit,
        target_operator,
        target_value,
        threshold_value,
        {{ judge('value', 'target_operator', 'target_value', 'threshold_value') }} as status,
        severity_breached,
        severity_off_target,
        is_alertable,
        is_headline,
        sample_count,
        date
    from judged
)

select * from final
