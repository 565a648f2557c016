{% test value_is_finite(model) %}
select metric_id, subject, window_end_at, value
from {{ model }}
where not isfinite(value)
{% endtest %}
