-- One row per metric, subject, grain and closed window.
select * from {{ ref('int_metric_observations') }}
