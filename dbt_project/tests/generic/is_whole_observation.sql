{#- An observation says what, when and from how much; its value may be missing but never NaN or infinite. -#}
{% test is_whole_observation(model) %}
select *
from {{ model }}
where
    metric_id is null
    or subject is null
    or grain is null
    or unit is null
    or date is null
    or sample_count is null
    or not coalesce(window_end_at > window_start_at, false)
    or not isfinite(value)
{% endtest %}
