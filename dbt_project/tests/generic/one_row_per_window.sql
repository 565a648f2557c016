{#- Events that begin apart may end together. -#}
{% test one_row_per_window(model) %}
select metric_id, subject, grain, window_start_at, window_end_at, count(*) as row_count
from {{ model }}
group by metric_id, subject, grain, window_start_at, window_end_at
having count(*) > 1
{% endtest %}
