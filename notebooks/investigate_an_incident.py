"""Investigate an incident: choose a stretch of breaches, and see what else was wrong meanwhile."""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="Investigate an incident")

with app.setup:
    from datetime import timedelta

    import marimo as mo
    import polars as pl

    import anfl_assets as anfl
    from anfl_assets.chart.types import Mark
    from anfl_assets.errors import UserError, WorkspaceError
    from anfl_assets.wording.looks import look
    from anfl_assets.wording.numbers import change, moment, quantity, span


@app.cell(hide_code=True)
def _():
    mo.md("""
    # Investigate an incident

    A stretch is a run of windows of one subject that were all breached. Choose one in the
    table: its course is drawn with the hours around it, then come the other metrics of the
    same subject, and everything else that missed its target at the same time. All times are
    UTC.
    """)
    return


@app.cell(hide_code=True)
def _():
    try:
        reader = anfl.open()
    except WorkspaceError as _error:
        mo.stop(predicate=True, output=mo.callout(str(_error), kind="warn"))
        raise  # stopped above
    days = mo.ui.slider(1, 120, value=30, label="Days back", show_value=True)
    at_least = mo.ui.slider(1, 24, value=2, label="Windows in a row, at least", show_value=True)
    mo.vstack(
        [
            mo.callout(
                mo.vstack([f"Build of {moment(reader.published_at)}.", *reader.notices()], gap=0),
                kind="info",
            ),
            mo.hstack([days, at_least], justify="start", gap=2),
        ]
    )
    return at_least, days, reader


@app.cell(hide_code=True)
def _(at_least, days, reader):
    # Runs of one status: the row number less the row number within the status stays the same.
    stretches = reader.sql(
        """
        with newest as (select max(window_end_at) as ended_at from fct_metric_status),
        judged as (
            select *,
                -- A window that overlaps the one before adds only what lies behind it.
                greatest(
                    window_start_at,
                    coalesce(lag(window_end_at) over by_time, window_start_at)
                ) as adds_from_at,
                row_number() over by_time - row_number() over by_status as run,
                window_end_at = max(window_end_at) over series as is_newest
            from fct_metric_status
            where is_alertable
                and window_end_at > (select ended_at from newest) - to_days($days + 100)
            window
                series as (partition by metric_id, subject, grain),
                by_time as (partition by metric_id, subject, grain order by window_end_at),
                by_status as (
                    partition by metric_id, subject, grain, status order by window_end_at
                )
        )
        select
            metric_id, subject, grain, any_value(unit) as unit,
            min(adds_from_at) as began_at, max(window_end_at) as until_at,
            count(*) as window_count,
            case when any_value(threshold_value > target_value) then max(value) else min(value) end
                as worst,
            any_value(threshold_value) as threshold,
            bool_or(is_newest) as is_going_on
        from judged
        where status = 'breached'
        group by metric_id, subject, grain, run
        having count(*) >= $windows
            and max(window_end_at) > (select ended_at from newest) - to_days($days)
        order by until_at desc, metric_id, subject
        """,
        parameters={"days": days.value, "windows": at_least.value},
    )
    mo.stop(
        stretches.is_empty(),
        mo.callout("No breach in this stretch of time.", kind="success"),
    )
    chosen = mo.ui.table(
        [
            {
                "metric": row["metric_id"],
                "subject": row["subject"],
                "began (UTC)": f"{row['began_at']:%Y-%m-%d %H:%M}",
                "until (UTC)": "goes on"
                if row["is_going_on"]
                else f"{row['until_at']:%Y-%m-%d %H:%M}",
                "lasted": span(row["until_at"] - row["began_at"]),
                "worst": quantity(row["worst"], row["unit"]),
                "threshold": quantity(row["threshold"], row["unit"]),
            }
            for row in stretches.iter_rows(named=True)
        ],
        selection="single", initial_selection=[0], page_size=12,
        show_column_summaries=False, show_data_types=False, show_download=False,
    )  # fmt: skip
    mo.vstack([mo.md("## Breaches, newest first"), chosen])
    return chosen, stretches


@app.cell(hide_code=True)
def _(chosen, reader, stretches):
    mo.stop(not chosen.value, mo.md("*Choose a line of the table.*"))
    _told = chosen.value[0]
    incident = stretches.filter(
        pl.col("metric_id") == _told["metric"],
        pl.col("subject") == _told["subject"],
        pl.col("began_at").dt.strftime("%Y-%m-%d %H:%M") == _told["began (UTC)"],
    ).row(0, named=True)
    lasted = incident["until_at"] - incident["began_at"]
    around = max(lasted, timedelta(hours=3))
    since, until = incident["began_at"] - around, incident["until_at"] + around
    mark = Mark("incident", incident["began_at"], incident["until_at"], "breached")
    mo.vstack(
        [
            mo.md("## Its course"),
            reader.metric(incident["metric_id"]).chart(
                incident["grain"], incident["subject"], since=since, until=until, marks=[mark],
                title=f"{incident['metric_id']} of {incident['subject']}",
                subtitle=f"{moment(incident['began_at'])} to {moment(incident['until_at'])}, "
                f"{span(lasted)}",
            ),
        ]
    )  # fmt: skip
    return incident, mark, since, until


@app.cell(hide_code=True)
def _(incident, mark, reader, since, until):
    _others = reader.sql(
        "select distinct metric_id from fct_metric_observation where subject = $subject "
        "and metric_id != $metric and grain = $grain and window_end_at between $since and $until "
        "order by 1",
        parameters={
            "subject": incident["subject"], "metric": incident["metric_id"],
            "grain": incident["grain"], "since": since, "until": until,
        },
    )["metric_id"]  # fmt: skip
    mo.vstack(
        [
            mo.md("## The same subject, by its other metrics"),
            *(
                reader.metric(_each).chart(
                    incident["grain"], incident["subject"], since=since, until=until, height=130,
                    marks=[mark],
                )
                for _each in _others
            ),
            *([] if len(_others) else [mo.md("*It has no other metric by this window.*")]),
        ]
    )  # fmt: skip
    return


@app.cell(hide_code=True)
def _(incident, reader):
    meanwhile = reader.sql(
        """
        select metric_id, subject, arg_max(status, status = 'breached') as status,
            any_value(unit) as unit, count(*) as windows,
            min(window_start_at) as from_at, max(window_end_at) as until_at,
            case when any_value(threshold_value > target_value) then max(value) else min(value) end
                as worst
        from fct_metric_status
        where is_headline and status in ('breached', 'off_target')
            and window_end_at > $began and window_start_at < $until
            and not (metric_id = $metric and subject = $subject)
        group by metric_id, subject, grain
        order by status, from_at, metric_id, subject
        """,
        parameters={
            "began": incident["began_at"], "until": incident["until_at"],
            "metric": incident["metric_id"], "subject": incident["subject"],
        },
    )  # fmt: skip
    mo.vstack(
        [
            mo.md("## What else missed its target meanwhile"),
            mo.ui.table(
                [
                    {
                        "metric": row["metric_id"],
                        "subject": row["subject"],
                        "worst status": " ".join(look(row["status"])),
                        "worst": quantity(row["worst"], row["unit"]),
                        "from (UTC)": f"{row['from_at']:%Y-%m-%d %H:%M}",
                        "windows": row["windows"],
                    }
                    for row in meanwhile.iter_rows(named=True)
                ],
                selection=None, show_column_summaries=False, show_data_types=False,
                show_download=False,
            )
            if len(meanwhile)
            else mo.md("*Nothing else.* The cause is likely its own."),
        ]
    )  # fmt: skip
    return


@app.cell(hide_code=True)
def _(incident, reader):
    _metric = reader.metric(incident["metric_id"])
    try:
        _found = _metric.contributions(
            incident["grain"],
            at=incident["began_at"] + timedelta(hours=1),
            against=incident["began_at"],
        ).filter(pl.col("amount") != 0)
        _parts: mo.Html = mo.ui.table(
            [
                {
                    "subject": row["subject"],
                    "effect": row["effect"],
                    "amount": change(row["amount"], row["unit"]),
                }
                for row in _found.head(8).iter_rows(named=True)
            ],
            selection=None, show_column_summaries=False, show_data_types=False,
            show_download=False,
        )  # fmt: skip
    except UserError as _error:
        _parts = mo.callout(f"Not split: {_error}", kind="neutral")
    _told = reader.incidents().filter(
        (pl.col("opened_at") <= incident["until_at"] + timedelta(hours=1))
        & (pl.col("resolved_at").is_null() | (pl.col("resolved_at") >= incident["began_at"]))
        & pl.col("metric_ids").list.contains(incident["metric_id"])
    )
    mo.vstack(
        [
            mo.md("## What brought the change of the whole, an hour in"),
            _parts,
            mo.md("## Who was told"),
            mo.ui.table(_told, selection=None, show_download=False)
            if len(_told)
            else mo.md(
                "*No incident of alerting lies here*: it was not running then (`anfl up` runs "
                "it), or nobody had to be told. `anfl alerts why-not METRIC` says which."
            ),
        ]
    )
    return


if __name__ == "__main__":
    app.run()
