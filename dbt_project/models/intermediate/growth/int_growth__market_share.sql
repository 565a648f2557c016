-- Relative growth of our share of a market on the same quarter a year before. Numerator and denominator are
-- the two shares (%); without a year-ago quarter the value is null and the judge says insufficient. A market
-- counted in several units (trips, EUR) is judged by the one most reported, never by their sum.
with shares as (
    select
        market,
        unit,
        date,
        if(whole_amount > 0, 100.0 * our_amount::double / whole_amount::double, null) as share_pct,
        report_count
    from {{ ref('int_growth__market_quarters') }}
),

-- a market in which we have no part is not ours to judge
pairs as (
    select
        this.market,
        this.unit,
        this.date,
        this.share_pct,
        before.share_pct as before_share_pct,
        this.report_count
    from shares as this
    left join shares as before
        on
            this.market = before.market
            and this.unit = before.unit
            and before.date = last_day((this.date - interval '12 months')::date)
    where this.share_pct > 0 or before.share_pct > 0
    qualify row_number() over (
        partition by this.market, this.date order by this.report_count desc, this.unit asc
    ) = 1
),

final as (
    select
        'market_share' as metric_id,
        market as subject,
        'quarter' as grain,
        {{ midnight("date_trunc('quarter', date)::date") }} as window_start_at,
        {{ midnight('date + 1') }} as window_end_at,
        if(before_share_pct > 0, 100.0 * (share_pct / before_share_pct - 1), null)::double as value,
        '%' as unit,
        share_pct::double as numerator,
        before_share_pct::double as denominator,
        report_count::bigint as sample_count,
        date
    from pairs
)

select * from final
