"""Learn the metrics: what each one means, what is wanted of it, and how it stands now.

Everything here comes from the catalog and the newest build, so a metric that is added appears.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="Learn the metrics")

with app.setup:
    import marimo as mo
    import polars as pl

    import anfl_assets as anfl
    from anfl_assets.errors import WorkspaceError
    from anfl_assets.wording.looks import look
    from anfl_assets.wording.numbers import NOTHING, moment, quantity


@app.cell(hide_code=True)
def _():
    mo.md("""
    # Learn the metrics

    Each metric has one **description** (what it is), one **statistic** (how observations
    become one value), a **target** (what is wanted) and an **alert threshold** (from where on
    people are told). A value is judged over a *closed* window of a fixed length, in UTC:

    | status | means |
    |:---|:---|
    | ✔ on target | the value meets the target |
    | ▲ off target | it misses the target, not yet the threshold |
    | ✖ breached | it is beyond the threshold: if that lasts, somebody is told |
    | … insufficient | too few observations to say |
    | ? no data | the source has gone silent; this is a state, never a zero |

    A metric is judged for each of its **subjects** (a service, a host, a market). `all` is the
    whole of them.
    """)
    return


@app.cell(hide_code=True)
def _():
    try:
        reader = anfl.open()
        board = reader.status()
        _told = [
            f"Numbers are of the build published {moment(reader.published_at)}.",
            *reader.notices(),
        ]
        _view = mo.callout(mo.vstack(_told, gap=0), kind="info")
    except WorkspaceError as _error:
        board = None
        _view = mo.callout(
            mo.vstack(["Definitions only, no values yet.", str(_error)], gap=0), kind="warn"
        )
    _view
    return (board,)


@app.cell(hide_code=True)
def _(board):
    def worst(metric_id):
        """Return the first line of the board of a metric: the board is worst first."""
        found = None if board is None else board.filter(pl.col("metric_id") == metric_id)
        return None if found is None or found.is_empty() else found.row(0, named=True)

    def line(metric):
        row = worst(metric.metric_id)
        status = None if row is None else look(row["status"])
        return {
            "metric": metric.metric_id,
            "what it is": metric.description,
            "target": metric.target,
            "alert threshold": metric.threshold,
            "worst now": None if row is None else quantity(row["value"], row["unit"]),
            "of": None if row is None else row["subject"],
            "status": None if status is None else f"{status.glyph} {status.word}",
        }

    overview = pl.DataFrame([line(_each) for _each in anfl.metrics()])
    mo.vstack(
        [
            mo.md("## At a glance"),
            mo.ui.table(
                overview, selection=None, page_size=len(overview), show_download=False,
                show_column_summaries=False, show_data_types=False, wrapped_columns=["what it is"],
            ),
        ]
    )  # fmt: skip
    return


@app.cell(hide_code=True)
def _():
    domain = mo.ui.dropdown(
        ["all", *dict.fromkeys(_each.definition.domain for _each in anfl.metrics())],
        value="all",
        label="Domain",
    )
    mo.vstack([mo.md("## One by one"), domain])
    return (domain,)


@app.cell(hide_code=True)
def _(board, domain):
    def values_now(metric_id):
        """Return the live values of a metric as a table, or a word where there are none."""
        if board is None:
            return mo.md("*No values yet.*")

        def told(at):
            return NOTHING if at is None else f"{at:%Y-%m-%d %H:%M}"

        rows = [
            {
                "subject": row["subject"],
                "value": quantity(row["value"], row["unit"]),
                "status": " ".join(look(row["status"])),
                "since (UTC)": told(row["since"]),
                "window end (UTC)": told(row["window_end_at"]),
                "samples": row["sample_count"],
            }
            for row in board.filter(pl.col("metric_id") == metric_id).iter_rows(named=True)
        ]
        return mo.ui.table(
            rows, selection=None, page_size=10, show_download=False,
            show_column_summaries=False, show_data_types=False,
        )  # fmt: skip

    chosen = [_each for _each in anfl.metrics() if domain.value in ("all", _each.definition.domain)]
    mo.accordion(
        {
            f"{_each.metric_id}: {_each.description}": mo.vstack(
                [mo.Html(_each._repr_html_()), mo.md("**Now**"), values_now(_each.metric_id)]
            )
            for _each in chosen
        },
        multiple=True,
    )
    return


@app.cell(hide_code=True)
def _():
    mo.md("""
    ## Where to go on

    - `anfl status` shows the board at a terminal, `anfl metric show NAME` one metric.
    - The notebook *explore_a_metric* draws a history, *investigate_an_incident* asks what else
      was wrong at the time, *add_a_metric* walks through adding one.
    - The whole specification stands in `anfl_assets/catalog/metrics.yaml`; why a statistic is
      what it is, in `docs/decisions`.
    """)
    return


if __name__ == "__main__":
    app.run()
