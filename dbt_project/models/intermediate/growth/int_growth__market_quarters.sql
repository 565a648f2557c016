-- One row per market, unit and closed quarter: our part and the whole. Periods that do not lie within one
-- quarter cannot be placed and are left out.
with market_sizes as (
    select
        market,
        unit,
        company,
        amount::decimal(28, 4) as amount,
        (date_trunc('quarter', period_start_on) + interval '3 months' - interval '1 day')::date as date,
        period_end_on
    from {{ ref('stg_market_analysis__market_sizes') }}
)

select
    market,
    unit,
    date,
    sum(if(company = (select name from {{ source('meta', 'organisation') }}), amount, 0))::decimal(28, 4) as our_amount,
    sum(amount)::decimal(28, 4) as whole_amount,
    count(*)::bigint as report_count
from market_sizes
where period_end_on <= date and {{ midnight('date + 1') }} <= {{ watermark_of('market_sizes') }}
group by market, unit, date
