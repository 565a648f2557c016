"""Compare two periods of one metric: what changed, and which subject brought it."""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="Compare two periods")

with app.setup:
    from datetime import timedelta

    import altair as alt
    import marimo as mo
    import polars as pl

    import anfl_assets as anfl
    from anfl_assets.chart.theme import config
    from anfl_assets.errors import UserError, WorkspaceError
    from anfl_assets.wording.numbers import NOTHING, change, moment, quantity

    TINY = 0.001


@app.cell(hide_code=True)
def _():
    mo.md("""
    # Compare two periods

    A period and the one of the same length just before it. Percentiles and rates are never
    averaged: a period is told by its *median window* and by its lowest and highest one. What
    a subject *contributed* is computed between the last window of each period, and its parts
    add up to the change.
    """)
    return


@app.cell(hide_code=True)
def _():
    try:
        reader = anfl.open()
    except WorkspaceError as _error:
        mo.stop(predicate=True, output=mo.callout(str(_error), kind="warn"))
        raise  # stopped above
    mo.callout(
        mo.vstack([f"Build of {moment(reader.published_at)}.", *reader.notices()], gap=0),
        kind="info",
    )
    return (reader,)


@app.cell(hide_code=True)
def _(reader):
    name = mo.ui.dropdown(
        [_each.metric_id for _each in reader.metrics()], value="error_rate", label="Metric"
    )
    name
    return (name,)


@app.cell(hide_code=True)
def _(name, reader):
    metric = reader.metric(name.value)
    _grains = metric.grains
    mo.stop(not _grains, mo.callout(f"{name.value} has no value yet.", kind="warn"))
    # Days where there are any: a period is a week of them, or half of what there is.
    _usual = "day" if "day" in _grains else _grains[0]
    _count = reader.sql(
        "select count(distinct window_end_at) from fct_metric_observation "
        "where metric_id = ? and grain = ?",
        parameters=[name.value, _usual],
    ).item()
    grain = mo.ui.dropdown(_grains, value=_usual, label="Window")
    length = mo.ui.slider(
        1, 60, value=max(min(7, _count // 2), 1), label="Windows in each period", show_value=True
    )
    mo.hstack([grain, length], justify="start", gap=2)
    return grain, length, metric


@app.cell(hide_code=True)
def _(grain, length, metric, reader):
    ends = reader.sql(
        "select distinct window_end_at from fct_metric_observation "
        "where metric_id = ? and grain = ? order by window_end_at desc limit ?",
        parameters=[metric.metric_id, grain.value, 2 * length.value],
    )["window_end_at"]
    mo.stop(
        len(ends) < 2 * length.value,
        mo.callout(
            f"There are {len(ends)} windows by {grain.value}, too few for two periods of "
            f"{length.value}: choose a smaller number or a shorter window.",
            kind="warn",
        ),
    )
    windows = (
        metric.history(grain.value, since=ends[-1] - timedelta(days=100), until=ends[0])
        .filter(pl.col("window_end_at").is_in(ends.implode()))
        .with_columns(
            period=pl.when(pl.col("window_end_at") >= ends[length.value - 1])
            .then(pl.lit("this period"))
            .otherwise(pl.lit("period before"))
        )
    )
    mo.md(
        f"**This period**: windows that ended {moment(ends[length.value - 1])} to "
        f"{moment(ends[0])}. **Period before**: {moment(ends[-1])} to {moment(ends[length.value])}."
    )
    return ends, windows


@app.function
def step(value: float | None, unit: str) -> str:
    """Write a difference; a tiny one in full instead of with an exponent."""
    if value is None or value == 0 or abs(value) >= TINY:
        return change(value, unit)
    return f"{value:+.7f}".rstrip("0").rstrip(".") + f" {unit}"


@app.function
def between(lowest: float | None, highest: float | None, unit: str) -> str:
    """Write a range; a dash where there is none."""
    if lowest is None or highest is None:
        return NOTHING
    return f"{quantity(lowest, unit)} to {quantity(highest, unit)}"


@app.cell(hide_code=True)
def _(metric, windows):
    def period(name):
        return windows.filter(pl.col("period") == name).group_by("subject").agg(
            pl.col("value").median().alias("median"),
            pl.col("value").min().alias("lowest"),
            pl.col("value").max().alias("highest"),
        )  # fmt: skip

    compared = (
        period("period before")
        .join(period("this period"), on="subject", how="full", coalesce=True, suffix=" now")
        .with_columns(change=pl.col("median now") - pl.col("median"))
        .sort(pl.col("change").abs(), descending=True, nulls_last=True)
    )
    _shown = [
        {
            "subject": row["subject"],
            "median window before": quantity(row["median"], metric.unit),
            "median window now": quantity(row["median now"], metric.unit),
            "change": step(row["change"], metric.unit),
            "lowest to highest before": between(row["lowest"], row["highest"], metric.unit),
            "lowest to highest now": between(row["lowest now"], row["highest now"], metric.unit),
        }
        for row in compared.iter_rows(named=True)
    ]
    mo.vstack(
        [
            mo.md("## Subject by subject, largest change first"),
            mo.ui.table(
                _shown, selection=None, show_column_summaries=False, show_data_types=False,
                show_download=False,
            ),
        ]
    )  # fmt: skip
    return (compared,)


@app.cell(hide_code=True)
def _(compared, windows):
    _subjects = sorted(windows["subject"].unique())
    subject = mo.ui.dropdown(_subjects, value=compared["subject"][0], label="Subject drawn")
    subject
    return (subject,)


@app.cell(hide_code=True)
def _(metric, subject, windows):
    _drawn = windows.filter(pl.col("subject") == subject.value).with_columns(
        number=pl.col("window_end_at").rank("dense").over("period").cast(pl.Int64)
    )
    _chart = (
        alt.Chart(_drawn.select("number", "value", "period", "window_end_at"))
        .mark_line(point=True)
        .encode(
            x=alt.X("number:Q", title="window of the period", axis=alt.Axis(tickMinStep=1)),
            y=alt.Y("value:Q", title=metric.unit, scale=alt.Scale(zero=False)),
            color=alt.Color(
                "period:N",
                title=None,
                sort=["this period", "period before"],
                scale=alt.Scale(
                    domain=["this period", "period before"], range=["#0069a8", "#b4bcc7"]
                ),
                legend=alt.Legend(orient="bottom"),
            ),
            tooltip=[
                "period",
                alt.Tooltip("utcyearmonthdatehoursminutes(window_end_at)", title="window end, UTC"),
                alt.Tooltip("value:Q", title=metric.unit, format=",.4~g"),
            ],
        )
        .properties(width="container", height=260, background="#ffffff")
    )
    _chart.configure(**config("light"))
    return


@app.cell(hide_code=True)
def _(ends, grain, length, metric):
    try:
        contributions = metric.contributions(grain.value, at=ends[0], against=ends[length.value])
        # What is less than a thousandth of all that moved would not be seen.
        _moved = contributions["amount"].abs().sum()
        _parts = contributions.filter(pl.col("amount").abs() > TINY * _moved)
        _first = contributions.row(0, named=True)
        _said = (
            f"From {quantity(_first['before'], metric.unit)} to "
            f"{quantity(_first['after'], metric.unit)} ({_first['whole']}): the window that ended "
            f"{moment(_first['window_end_at'])} against {moment(_first['against_end_at'])}."
        )
        _view = mo.vstack(
            [
                _said,
                mo.ui.table(
                    [
                        {
                            "subject": row["subject"],
                            "effect": row["effect"],
                            "amount": step(row["amount"], metric.unit),
                        }
                        for row in _parts.iter_rows(named=True)
                    ],
                    selection=None, show_column_summaries=False, show_data_types=False,
                    show_download=False,
                ),
                mo.md(
                    "*rate*: its own value changed; *mix*: its share of the whole changed; "
                    "*volume*: its amount, where amounts add up; *numerator* and *denominator*: "
                    "the newer and the older of two sums."
                ),
            ]
        )  # fmt: skip
    except UserError as _error:
        contributions = None
        _view = mo.callout(f"Not split: {_error}", kind="neutral")
    mo.vstack([mo.md("## Who brought the change"), _view])
    return


if __name__ == "__main__":
    app.run()
