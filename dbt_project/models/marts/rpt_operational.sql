-- The operational measures of §4.1: one row per measure, subject, number, grain and closed window. What we
-- measure of our own work (process_efficiency) is read from the ledger: a build that failed publishes nothing.
select
    measure_id,
    subject,
    statistic,
    grain,
    window_start_at,
    window_end_at,
    value,
    unit,
    sample_count,
    date
from {{ ref('int_operations__team_productivity') }}

union all

select
    measure_id,
    subject,
    statistic,
    grain,
    window_start_at,
    window_end_at,
    value,
    unit,
    sample_count,
    date
from {{ ref('int_operations__resource_allocation') }}
