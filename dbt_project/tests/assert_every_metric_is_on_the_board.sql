-- Absence is a row that says no_data, never a missing row.
select catalog.metric_id
from {{ ref('metric_catalog') }} as catalog
anti join {{ ref('rpt_scoreboard') }} using (metric_id)
