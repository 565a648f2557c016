"""Judge a forecast: how good the simplest ones are on a metric's own history, by rolling origins.

No forecast of this project exists yet. What stands here is what any of them must beat, and the
way it will be judged.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="Judge a forecast")

with app.setup:
    from collections.abc import Callable, Sequence

    import altair as alt
    import marimo as mo
    import polars as pl

    import anfl_assets as anfl
    from anfl_assets.chart.theme import config
    from anfl_assets.errors import WorkspaceError
    from anfl_assets.wording.numbers import change, moment, quantity

    Values = Sequence[float | None]
    WEEK = 7


@app.cell(hide_code=True)
def _():
    mo.md("""
    # Judge a forecast

    **ANFL Metrics has no forecasts yet** (§3.2 of the specification is not built), so none is
    shown here. What is shown is the floor: three forecasts that cost nothing and know nothing,
    judged on a metric's own daily history. A model is worth running only if it beats the best
    of them, on the same days, by the same measure; the forecasts of this project will be
    judged exactly so.

    | floor | tomorrow, and the days after, will be |
    |:---|:---|
    | naive | what today was |
    | drift | what today was, going on as it went on average since the beginning |
    | seasonal naive | what the same weekday was last |

    **Rolling origins**: one pretends to stand at the end of each of many past days, forecasts
    with only what was known by then, and compares with what came. A day without a value is
    neither forecast from nor judged. (Hyndman and Athanasopoulos, *Forecasting: Principles and
    Practice*, 3rd ed., §5.2, §5.8 and §5.10.)
    """)
    return


@app.function
def naive(past: Values, horizon: int) -> list[float]:
    """Repeat the newest value."""
    known = [value for value in past if value is not None]
    return [known[-1]] * horizon


@app.function
def drift(past: Values, horizon: int) -> list[float]:
    """Go on by the mean step from the first value to the newest."""
    places = [n for n, value in enumerate(past) if value is not None]
    known = [value for value in past if value is not None]
    step = (known[-1] - known[0]) / max(places[-1] - places[0], 1)
    return [known[-1] + step * (len(past) - 1 - places[-1] + ahead + 1) for ahead in range(horizon)]


@app.function
def seasonal_naive(past: Values, horizon: int) -> list[float]:
    """Repeat what the same weekday was last; where it never was, the newest value."""
    return [
        next(
            (
                value
                for value in past[len(past) + ahead % WEEK - WEEK :: -WEEK]
                if value is not None
            ),
            naive(past, 1)[0],
        )
        for ahead in range(horizon)
    ]


@app.function
def judge(values: Values, *, origins: int, horizon: int) -> pl.DataFrame:
    """Forecast from each of the newest origins whose days to come are all in the past.

    Frame: floor, ahead (days), forecast, actual, error (forecast less actual); one row per floor,
    origin and day that has a value.
    """
    floors: dict[str, Callable[[Values, int], list[float]]] = {
        "naive": naive,
        "drift": drift,
        "seasonal naive": seasonal_naive,
    }
    last = len(values) - horizon
    rows = [
        (name, ahead + 1, told, actual, told - actual)
        for origin in range(max(last - origins + 1, 2 * WEEK), last + 1)
        for name, floor in floors.items()
        for ahead, told in enumerate(floor(values[:origin], horizon))
        if (actual := values[origin + ahead]) is not None
    ]
    columns = ["floor", "ahead", "forecast", "actual", "error"]
    return pl.DataFrame(rows, schema=columns, orient="row")


@app.cell(hide_code=True)
def _():
    try:
        reader = anfl.open()
    except WorkspaceError as _error:
        mo.stop(predicate=True, output=mo.callout(str(_error), kind="warn"))
        raise  # stopped above
    daily = reader.sql(
        "select metric_id, subject, count(value) as days from fct_metric_observation "
        "where grain = 'day' group by all having count(value) >= 60 order by all"
    )
    mo.stop(
        daily.is_empty(),
        mo.callout("No metric has 60 days of history yet.", kind="warn"),
    )
    _names = daily["metric_id"].unique(maintain_order=True).to_list()
    name = mo.ui.dropdown(
        _names, value="throughput" if "throughput" in _names else _names[0], label="Metric"
    )
    mo.vstack(
        [
            mo.callout(
                mo.vstack([f"Build of {moment(reader.published_at)}.", *reader.notices()], gap=0),
                kind="info",
            ),
            name,
        ]
    )
    return daily, name, reader


@app.cell(hide_code=True)
def _(daily, name):
    _subjects = daily.filter(pl.col("metric_id") == name.value)["subject"].to_list()
    subject = mo.ui.dropdown(
        _subjects, value="all" if "all" in _subjects else _subjects[0], label="Subject"
    )
    horizon = mo.ui.slider(1, 28, value=14, label="Days ahead", show_value=True)
    origins = mo.ui.slider(7, 180, value=56, label="Origins (days in the past)", show_value=True)
    mo.hstack([subject, horizon, origins], justify="start", gap=2, wrap=True)
    return horizon, origins, subject


@app.cell(hide_code=True)
def _(horizon, name, origins, reader, subject):
    metric = reader.metric(name.value)
    # Every day in its place: a day without a row is a gap, not a day less.
    days = (
        metric.history("day", subject.value)
        .select("window_end_at", "value")
        .sort("window_end_at")
        .upsample("window_end_at", every="1d")
    )
    judged = judge(days["value"].to_list(), origins=origins.value, horizon=horizon.value)
    score = (
        judged.group_by("floor", maintain_order=True)
        .agg(
            pl.col("error").abs().mean().alias("mean absolute error"),
            pl.col("error").mean().alias("bias"),
            pl.len().alias("forecasts"),
        )
        .sort("mean absolute error")
    )
    best = score["floor"][0]
    mo.vstack(
        [
            mo.md(
                f"## The floor to beat: {best}, wrong by "
                f"{quantity(score['mean absolute error'][0], metric.unit)} on average"
            ),
            mo.ui.table(
                [
                    {
                        "floor": row["floor"],
                        "mean absolute error": quantity(row["mean absolute error"], metric.unit),
                        "bias (forecast less actual)": change(row["bias"], metric.unit),
                        "forecasts judged": row["forecasts"],
                    }
                    for row in score.iter_rows(named=True)
                ],
                selection=None, show_column_summaries=False, show_data_types=False,
                show_download=False,
            ),
        ]
    )  # fmt: skip
    return judged, metric


@app.cell(hide_code=True)
def _(judged, metric):
    by_day = judged.group_by("floor", "ahead", maintain_order=True).agg(
        pl.col("error").abs().mean().alias("error")
    )
    _chart = (
        alt.Chart(by_day, title="Mean absolute error by days ahead")
        .mark_line(point=True)
        .encode(
            x=alt.X("ahead:Q", title="days ahead", axis=alt.Axis(tickMinStep=1)),
            y=alt.Y("error:Q", title=f"mean absolute error ({metric.unit})"),
            color=alt.Color(
                "floor:N",
                title=None,
                scale=alt.Scale(
                    domain=["naive", "drift", "seasonal naive"],
                    range=["#0069a8", "#c65200", "#00825e"],
                ),
                legend=alt.Legend(orient="bottom"),
            ),
            tooltip=["floor", "ahead", alt.Tooltip("error:Q", title=metric.unit, format=",.4~g")],
        )
        .properties(width="container", height=260, background="#ffffff")
    )
    _chart.configure(**config("light"))
    return


@app.cell(hide_code=True)
def _(metric, subject):
    mo.vstack(
        [
            mo.md("## The history it was judged on"),
            metric.chart("day", subject.value, since="1970-01-01", subtitle="by day"),
        ]
    )
    return


if __name__ == "__main__":
    app.run()
