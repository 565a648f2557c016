"""Judge a forecast: how good the standing ones have been, on days whose truth is known.

Nothing is forecast here: `anfl forecast run` does that. What is judged are its scored days, of
rolling origins in the past (backtest) and of forecasts whose days have come since (live).
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="Judge a forecast")

with app.setup:
    import altair as alt
    import marimo as mo
    import polars as pl

    import anfl_assets as anfl
    from anfl_assets.chart.theme import config
    from anfl_assets.errors import WorkspaceError
    from anfl_assets.wording.numbers import counted, moment

    SERIES = ["metric_id", "subject", "form"]
    BLUE, ORANGE = "#0069a8", "#c65200"


@app.cell(hide_code=True)
def _():
    mo.md("""
    # Judge a forecast

    A forecast is worth having only if it is wrong by less than one that costs nothing and knows
    nothing. So each of ours stands beside the **best naive method** of its series: what today was
    (naive), what today was, going on as before (drift), or what the same weekday was last
    (seasonal naive), whichever had been best by then.

    | figure | says |
    |:---|:---|
    | MASE | the mean error in units of the usual change from one week to the next |
    | skill | how much smaller it is than the best naive method's; below 0 the naive one is better |
    | coverage | how often what came lay within the 80 % or the 95 % interval; as often is right |

    **Backtest**: one stands at the end of each of several past days, forecasts with only what was
    known by then, and compares with what came. **Live**: a forecast that was really made, and its
    day has come. Where skill or coverage is not good enough the series is called *not
    forecastable*: it is shown, but nothing is foretold from it. (Hyndman and Koehler, *Another look
    at measures of forecast accuracy*, 2006; Hyndman and Athanasopoulos, *Forecasting: Principles
    and Practice*, 3rd ed., §5.8 and §5.10.)
    """)
    return


@app.function
def pooled(card: pl.DataFrame) -> pl.DataFrame:
    """Return the figures of all series together by days ahead, each scored day weighing one.

    Frame: lead_days, days, mase, floor_mase, skill, coverage_80, coverage_95; nearest lead first.
    """
    days = (pl.col("n_backtest") + pl.col("n_live")).alias("days")
    figures = ["mase", "floor_mase", "coverage_80", "coverage_95"]
    return (
        card.drop_nulls("lead_days")
        .with_columns(days)
        .group_by("lead_days")
        .agg(
            pl.col("days").sum(),
            *((pl.col(name) * pl.col("days")).sum() / pl.col("days").sum() for name in figures),
        )
        .with_columns((1 - pl.col("mase") / pl.col("floor_mase")).alias("skill"))
        .sort("lead_days")
    )


@app.function
def table(frame: pl.DataFrame) -> mo.ui.table:
    """Show a frame as it is, shares as percents."""
    shares = [name for name in frame.columns if name in {"coverage_80", "coverage_95", "skill"}]
    rounded = frame.with_columns(
        *((100 * pl.col(name)).round(0).alias(name) for name in shares),
        *(pl.col(name).round(2) for name in frame.columns if name in {"mase", "floor_mase"}),
    )
    return mo.ui.table(
        rounded.rename({name: f"{name} (%)" for name in shares}),
        selection=None, show_column_summaries=False, show_data_types=False, show_download=False,
    )  # fmt: skip


@app.cell(hide_code=True)
def _():
    try:
        reader = anfl.open()
    except WorkspaceError as _error:
        mo.stop(predicate=True, output=mo.callout(str(_error), kind="warn"))
        raise  # stopped above
    standing = reader.forecasts()
    card = reader.scorecard()
    mo.stop(
        standing.is_empty(),
        mo.callout(
            mo.md(
                "Nothing was forecast in this data folder yet. `anfl forecast run` makes the "
                "forecasts the catalog asks for and scores them on the past; the schedules of "
                "`anfl up` go on doing so."
            ),
            kind="warn",
        ),
    )
    _made_at = max(standing["computed_at"].to_list())
    mo.callout(
        mo.vstack(
            [
                f"Forecasts as they stand now, the newest made {moment(_made_at)}.",
                *reader.notices(),
            ],
            gap=0,
        ),
        kind="info",
    )
    return card, reader, standing


@app.cell(hide_code=True)
def _(standing):
    verdicts = dict(
        standing.group_by("status", maintain_order=True).len().sort("status").iter_rows()
    )
    _told = ", ".join(f"{number} {status.replace('_', ' ')}" for status, number in verdicts.items())
    mo.vstack(
        [
            mo.md(f"## {counted(standing.height, 'forecast', 'forecasts')}: {_told}"),
            table(standing.select(*SERIES, "status", "reason", "skill", "crossing")),
        ]
    )
    return (verdicts,)


@app.cell(hide_code=True)
def _(card):
    mo.stop(card.is_empty(), mo.callout("No forecast day has been scored yet.", kind="warn"))
    by_lead = pooled(card)
    _best = by_lead.filter(pl.col("skill") == pl.col("skill").max()).row(0, named=True)
    mo.vstack(
        [
            mo.md(
                "## By how much they are better, by days ahead\n\nAll series together: the most at "
                f"{counted(_best['lead_days'], 'day', 'days')} ahead, a skill of "
                f"{100 * _best['skill']:+.0f} %."
            ),
            table(by_lead),
        ]
    )
    return (by_lead,)


@app.cell(hide_code=True)
def _(card):
    _errors = (
        card.filter(pl.col("lead_days").is_null())
        .with_columns(
            pl.concat_str(*SERIES, separator=", ").alias("series"),
            better=pl.col("mase") < pl.col("floor_mase"),
        )
        .select("series", "mase", "floor_mase", "skill", "verdict", "better")
    )
    _end = max(_errors["mase"].max(), _errors["floor_mase"].max()) * 1.05
    _line = (
        alt.Chart(pl.DataFrame({"x": [0.0, _end], "y": [0.0, _end]}))
        .mark_line(color="#5b6675", strokeDash=[4, 3])
        .encode(x="x:Q", y="y:Q")
    )
    _dots = (
        alt.Chart(_errors)
        .mark_point(filled=True, size=60, opacity=0.8)
        .encode(
            x=alt.X("floor_mase:Q", title="MASE of the best naive method"),
            y=alt.Y("mase:Q", title="MASE of the forecast"),
            color=alt.Color(
                "better:N",
                title=None,
                scale=alt.Scale(domain=[True, False], range=[BLUE, ORANGE]),
                legend=None,
            ),
            tooltip=["series", alt.Tooltip("mase", format=".2f"),
                     alt.Tooltip("floor_mase", format=".2f"), "verdict"],
        )
    )  # fmt: skip
    _chart = (_line + _dots).properties(
        title="Each series against its floor: below the line the forecast is better",
        width="container", height=300, background="#ffffff",
    )  # fmt: skip
    _chart.configure(**config("light"))
    return


@app.cell(hide_code=True)
def _(by_lead):
    _held = by_lead.unpivot(
        ["coverage_80", "coverage_95"], index="lead_days", variable_name="interval"
    ).with_columns(
        pl.col("interval").replace({"coverage_80": "80 %", "coverage_95": "95 %"}),
        wanted=pl.when(pl.col("interval") == "coverage_80").then(0.8).otherwise(0.95),
    )
    _base = alt.Chart(_held).encode(
        x=alt.X("lead_days:O", title="days ahead", axis=alt.Axis(labelAngle=0)),
        color=alt.Color(
            "interval:N",
            title="interval",
            scale=alt.Scale(domain=["80 %", "95 %"], range=[BLUE, ORANGE]),
            legend=alt.Legend(orient="bottom"),
        ),
    )
    _chart = alt.layer(
        _base.mark_line(point=True).encode(
            y=alt.Y("value:Q", title="held", axis=alt.Axis(format="%"),
                    scale=alt.Scale(domain=[0, 1])),
            tooltip=["lead_days", "interval", alt.Tooltip("value", format=".0%")],
        ),
        _base.mark_line(strokeDash=[4, 3], opacity=0.6).encode(y="wanted:Q"),
    ).properties(
        title="How often what came lay within the interval (dashed: how often it should)",
        width="container", height=260, background="#ffffff",
    )  # fmt: skip
    _chart.configure(**config("light"))
    return


@app.cell(hide_code=True)
def _(standing):
    _made = standing.filter(pl.col("status") != "refused")
    _options = {
        f"{metric_id}, {subject}, {form}": (metric_id, subject, form)
        for metric_id, subject, form in _made.select(SERIES).iter_rows()
    }
    mo.stop(not _options, mo.callout("Every series was too short to be forecast.", kind="warn"))
    series = mo.ui.dropdown(_options, value=next(iter(_options)), label="One of them")
    series
    return (series,)


@app.cell(hide_code=True)
def _(card, reader, series):
    _metric_id, _subject, _form = series.value
    chosen = reader.metric(_metric_id).forecast(_subject, _form)
    own = card.filter(metric_id=_metric_id, subject=_subject, form=_form)
    _row = chosen.vintage
    mo.vstack(
        [
            mo.md("## This one"),
            mo.callout(
                f"{chosen}. It is {_row.status.replace('_', ' ')}: {_row.reason}.",
                kind="success" if chosen.is_forecastable else "warn",
            ),
            chosen.chart(),
            mo.md(f"{chosen.skill}."),
            table(
                own.select(
                    "lead_days", "n_backtest", "n_live", "mase", "floor_mase", "skill",
                    "coverage_80", "coverage_95",
                )
            ),
        ]
    )  # fmt: skip
    return chosen, own


if __name__ == "__main__":
    app.run()
