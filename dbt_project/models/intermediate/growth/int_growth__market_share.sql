-- Relative growth of our share of a market on the same quarter a year before. Numerator and denominator are
-- the two shares (%); without a year-ago quarter the value is null and the judge says insufficient.
with shares as (
    select
        market,
        date,
        if(whole_amount > 0, 100.0 * our_amount::double / whole_amount::double, null) as share_pct,
        report_count
    from {{ ref('int_growth__market_quarters') }}
),

final as (
    select
        'market_share' as metric_id,
        this.market as subject,
        'quarter' as grain,
        {{ midnight("date_trunc('quarter', this.date)::date") }} as window_start_at,
        {{ midnight('this.date + 1') }} as window_end_at,
        if(before.share_pct > 0, 100.0 * (this.share_pct / before.share_pct - 1), null)::double as value,
        '%' as unit,
        this.share_pct::double as numerator,
        before.share_pct::double as denominator,
        this.report_count::bigint as sample_count,
        this.date
    from shares as this
    left join shares as before
        on this.market = before.market and before.date = last_day((this.date - interval '12 months')::date)
    -- a market in which we have no part is not ours to judge
    where this.share_pct > 0 or before.share_pct > 0
)

select * from final
