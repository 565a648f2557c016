"""§2.1 market_analysis: two markets, our company and three others, the last nine closed quarters.

Our share grows by a fixed rate a year. The report also prints a total, which the feed leaves out.
"""

from __future__ import annotations

import polars as pl

from examples.company.company import NAME
from examples.company.raw_files import Extract, Faulty, RawFile
from examples.company.timeline import Timeline

QUARTERS = 9
TOTAL = "All companies"
_OTHERS = {"Northwind": 0.5, "Contoso": 0.3, "Fabrikam": 0.2}
# Market: size of the last quarter in thousand EUR, our share then, its growth in a year.
_MARKETS = {"europe": (842_000, 0.168, 1.075), "north_america": (1_930_000, 0.092, 1.12)}
_REPORT = "Quarterly outlook (simulated)"
_SCHEMA = {
    "from": pl.String,
    "to": pl.String,
    "market": pl.String,
    "company": pl.String,
    "revenue_keur": pl.Float64,
}


def market_sizes(timeline: Timeline) -> Extract:
    """Feed `market_sizes`: one TSV file, totals filtered by the feed."""
    lines = [
        line
        for back in reversed(range(QUARTERS))
        for market in _MARKETS
        for line in _quarter(timeline, market, back)
    ]
    text = pl.DataFrame(lines, schema=_SCHEMA, orient="row")
    asked = text.filter(pl.col("company") != TOTAL)
    rows = asked.select(
        pl.col("from").str.to_date().alias("period_start_on"),
        pl.col("to").str.to_date().alias("period_end_on"),
        "market",
        "company",
        pl.col("revenue_keur").alias("amount"),
        pl.lit("thousand EUR").alias("unit"),
        pl.lit(_REPORT).alias("report"),
    )
    start, end = str(text["from"][0]), str(text["to"][0])
    planted = (
        Faulty("ends before it begins", f"{end}\t{start}\teurope\tNorthwind\t1000.0"),
        Faulty("not a number", f"{start}\t{end}\teurope\tNorthwind\tn/a"),
    )
    file = RawFile("market_analysis/market_report.tsv", text, planted)
    return Extract(
        "market_sizes", "market_sizes", rows, (file,), filtered=text.height - asked.height
    )


def _quarter(timeline: Timeline, market: str, back: int) -> list[tuple[str, str, str, str, float]]:
    size, last_share, growth = _MARKETS[market]
    start, after = timeline.closed_quarter(back)
    total = round(size * 1.02**-back)
    ours = round(total * last_share * growth ** (-back / 4))
    amounts = {NAME: ours} | {name: round((total - ours) * part) for name, part in _OTHERS.items()}
    amounts[TOTAL] = sum(amounts.values())
    last_day = after.fromordinal(after.toordinal() - 1)
    return [
        (start.isoformat(), last_day.isoformat(), market, company, float(amount))
        for company, amount in amounts.items()
    ]
