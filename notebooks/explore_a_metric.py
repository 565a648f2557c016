"""Explore a metric: choose it, a window length, subjects and a stretch of time."""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="Explore a metric")

with app.setup:
    from datetime import UTC, datetime, time, timedelta

    import marimo as mo
    import polars as pl

    import anfl_assets as anfl
    from anfl_assets.errors import UserError, WorkspaceError
    from anfl_assets.wording.numbers import moment


@app.cell(hide_code=True)
def _():
    mo.md("""
    # Explore a metric

    The history of one metric with its target and alert threshold, as it was judged. Every
    number here is what `anfl.metric(NAME).history(…)` returns; take that line to your own
    notebook. All times are UTC, and a window without a value is a gap.
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
        [_each.metric_id for _each in reader.metrics()], value="inference_latency", label="Metric"
    )
    name
    return (name,)


@app.cell(hide_code=True)
def _(name, reader):
    metric = reader.metric(name.value)
    _grains, _subjects = metric.grains, metric.subjects
    mo.stop(not _grains, mo.callout(f"{name.value} has no value yet.", kind="warn"))
    _judged = next((_each for _each in metric.judged_on if _each in _grains), _grains[0])
    _ends = reader.sql(
        "select min(window_end_at), max(window_end_at) from fct_metric_observation "
        "where metric_id = ?",
        parameters=[name.value],
    ).row(0)
    # As much as a line can show: some hundred windows.
    _lengths = {"5 minutes": 2, "hour": 14, "day": 120}
    _first = max(_ends[0], _ends[1] - timedelta(days=_lengths.get(_judged, 600)))
    grain = mo.ui.dropdown(_grains, value=_judged, label="Window")
    # The worst, beside the whole: all of them share a target only by chance.
    _board = reader.status().filter(pl.col("metric_id") == name.value)["subject"].to_list()
    _first_shown = [_each for _each in ("all", *_board[:1], *_subjects[:1]) if _each in _subjects]
    subjects = mo.ui.multiselect(
        _subjects, value=list(dict.fromkeys(_first_shown))[:2], label="Subjects"
    )
    days = mo.ui.date_range(
        start=_ends[0].date(), stop=_ends[1].date(), value=(_first.date(), _ends[1].date()),
        label="From, to (both days whole, UTC)",
    )  # fmt: skip
    mo.hstack([grain, subjects, days], justify="start", wrap=True)
    return days, grain, metric, subjects


@app.cell(hide_code=True)
def _(days, grain, metric, subjects):
    _midnight = time(tzinfo=UTC)
    since = datetime.combine(days.value[0], _midnight)
    until = datetime.combine(days.value[1] + timedelta(days=1), _midnight)
    history = metric.history(grain.value, subjects.value, since=since, until=until)
    mo.stop(
        history.is_empty(),
        mo.callout("No window in this stretch of time.", kind="neutral"),
    )
    try:
        _chart = metric.chart(
            grain.value, subjects.value, since=since, until=until, height=320,
            subtitle=f"by {grain.value}; {metric.statistic}",
        )  # fmt: skip
    except UserError as _error:
        _chart = mo.callout(str(_error), kind="warn")
    _chart
    return (history,)


@app.cell(hide_code=True)
def _(metric, subjects):
    # Only some metrics are forecast; `anfl forecast run` does so.
    try:
        forecast = metric.forecast(subjects.value[-1] if subjects.value else None)
        _shown = mo.vstack(
            [
                mo.md("## What is forecast"),
                forecast.chart(),
                mo.plain_text(f"{forecast.vintage.reason}. {forecast.skill}"),
            ]
        )
    except UserError:
        forecast = _shown = None
    _shown
    return (forecast,)


@app.cell(hide_code=True)
def _(history, metric):
    summary = (
        history.group_by("subject", maintain_order=True)
        .agg(
            pl.len().alias("windows"),
            pl.col("value").null_count().alias("gaps"),
            pl.col("value").min().alias("lowest"),
            pl.col("value").median().alias("median"),
            pl.col("value").max().alias("highest"),
            pl.col("value").last().alias("newest"),
            (
                100
                * (pl.col("status") == "on_target").filter(pl.col("status").is_not_null()).mean()
            ).alias("on target (%)"),
        )
        .with_columns(pl.col(pl.Float64).round(3))
    )
    mo.vstack(
        [
            mo.md(
                f"""
                ## Subject by subject

                Values of windows in **{metric.unit}**: *median* is that of the windows' values,
                *gaps* are windows without a value, *on target* the share of judged windows.
                """
            ),
            mo.ui.table(
                summary, selection=None, show_column_summaries=False, show_data_types=False
            ),
        ]
    )
    return


@app.cell(hide_code=True)
def _(history, metric):
    mo.accordion(
        {
            "What it means": mo.Html(metric._repr_html_()),
            "Every window": mo.ui.table(history, selection=None),
            "The SQL behind the numbers": mo.ui.code_editor(
                metric.sql, language="sql", disabled=True
            ),
        }
    )
    return


if __name__ == "__main__":
    app.run()
