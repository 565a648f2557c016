"""Add a metric: the three steps, a neighbour to copy from, and a draft that is checked."""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="Add a metric")

with app.setup:
    import shutil
    import tempfile
    import textwrap
    from pathlib import Path

    import marimo as mo
    import yaml

    import anfl_assets as anfl
    from anfl_assets.catalog import Metric, load_catalog
    from anfl_assets.catalog.loader import FILES, FOLDER
    from anfl_assets.errors import CatalogError, WorkspaceError
    from anfl_assets.explore.card import card

    MODELS = FOLDER.parents[1] / "dbt_project" / "models" / "intermediate"


@app.cell(hide_code=True)
def _():
    mo.md("""
    # Add a metric

    A metric is written in three places, and nowhere else:

    1. **One entry in the catalog**, `anfl_assets/catalog/metrics.yaml`: what it is, what is
       wanted, how it is judged.
    2. **One SQL model** in `dbt_project/models/intermediate/<domain>/`, named
       `int_<domain>__<metric_id>`: how its value comes about.
    3. **One dbt unit test** in a YAML file beside it: rows in, rows out.

    Then `anfl catalog sync` writes what follows from it (seeds, contracts, the union of all
    metrics), `make check` looks, and `anfl run` shows it: on the board, in the assets, in the
    checks, on the pages and in these notebooks. Nothing on this page changes a file.
    """)
    return


@app.cell(hide_code=True)
def _():
    neighbour = mo.ui.dropdown(
        [_each.metric_id for _each in anfl.metrics()],
        value="error_rate",
        label="A neighbour to copy from",
    )
    mo.vstack([mo.md("## Start from a neighbour"), neighbour])
    return (neighbour,)


@app.function
def entry_of(metric_id: str) -> str:
    """Return a metric's entry as it stands in the catalog's file, comments and all."""
    text = (FOLDER / "metrics.yaml").read_text(encoding="utf-8")
    root = yaml.compose(text)
    assert root is not None  # noqa: S101 - the catalog's file is never empty
    for _, section in root.value:
        for _, domain in section.value:
            for key, body in domain.value:
                if key.value == metric_id:
                    return textwrap.dedent(
                        " " * key.start_mark.column
                        + text[key.start_mark.index : body.end_mark.index].rstrip()
                    )
    return f"# {metric_id} has no entry"


@app.function
def sql_of(metric: Metric) -> str:
    """Return a metric's SQL as it is written; where there is no checkout, as it was compiled."""
    path = MODELS / metric.domain / f"{metric.model}.sql"
    if path.exists():
        return path.read_text(encoding="utf-8")
    try:
        return anfl.metric(metric.metric_id).sql
    except WorkspaceError as error:
        return f"-- {error}"


@app.function
def unit_test_of(metric: Metric) -> str:
    """Return a metric's unit test as it is written; a word where there is no checkout."""
    path = MODELS / metric.domain / f"{metric.metric_id}.unit.yml"
    return path.read_text(encoding="utf-8") if path.exists() else f"# not here: {path.name}"


@app.cell(hide_code=True)
def _(neighbour):
    _metric = anfl.metric(neighbour.value)
    entry, sql = entry_of(neighbour.value), sql_of(_metric.definition)
    unit_test = unit_test_of(_metric.definition)
    mo.accordion(
        {
            "1. Its entry in the catalog": mo.ui.code_editor(entry, language="yaml", disabled=True),
            "2. Its SQL": mo.ui.code_editor(sql, language="sql", disabled=True),
            "3. Its unit test": mo.ui.code_editor(unit_test, language="yaml", disabled=True),
            "What it means": mo.Html(_metric._repr_html_()),
        },
        multiple=True,
    )
    return


@app.cell(hide_code=True)
def _():
    section = mo.ui.radio(
        ["system_metrics", "business_metrics"], value="system_metrics", label="Section", inline=True
    )
    draft = mo.ui.code_editor(
        """\
    quality:                    # the domain: a folder of SQL models
      answer_quality:           # the id: lower case, in no other metric's aliases
        description: "Requests answered without a server's fault"
        target: ">95%"
        alert_threshold: "90%"
        collection: "Daily"
        decided:
          statistic: "Requests with a status below 500 by all requests of a day"
          numerator: "requests answered (count)"
          denominator: "requests (count)"
          unit: "%"
          judged_on: [day]
          entities: [accesses]
          reach: [0 days]
          for: 1 evaluation
          severity: {breached: warning, off_target: information}
          owner: ml_platform
          stale_after: 2 days
          has_parts: false
          panels: {executive: Key performance indicators}
    """,
        language="yaml",
        label="Draft (checked when you leave the field)",
        min_height=360,
    )
    mo.vstack([mo.md("## Your draft"), section, draft])
    return draft, section


@app.function
def checked(section: str, draft: str) -> tuple[list[Metric], list[str]]:
    """Read the catalog as if the draft stood in it, by the catalog's own parser.

    Returns the metrics of the draft and every fault; no file of the catalog is touched.
    """
    try:
        domains = yaml.safe_load(draft)
    except yaml.YAMLError as error:
        return [], [f"no YAML: {error}"]
    if not isinstance(domains, dict) or not all(isinstance(one, dict) for one in domains.values()):
        return [], ["expected a domain, below it a metric's id, below that its entry"]
    document = yaml.safe_load((FOLDER / "metrics.yaml").read_text(encoding="utf-8"))
    known = {name for part in document.values() for domain in part.values() for name in domain}
    names = [str(name) for metrics in domains.values() for name in metrics]
    if taken := sorted(known & set(names)):
        return [], [f"{', '.join(taken)}: a metric of that name exists; choose another id"]
    for domain, metrics in domains.items():
        document[section].setdefault(domain, {}).update(metrics)
    with tempfile.TemporaryDirectory() as place:
        for name in FILES:
            shutil.copy(FOLDER / name, place)
        written = yaml.safe_dump(document, sort_keys=False, allow_unicode=True)
        Path(place, "metrics.yaml").write_text(written, encoding="utf-8")
        try:
            catalog = load_catalog(Path(place))
        except CatalogError as error:
            return [], [str(fault) for fault in error.faults]
    return [catalog.metrics[name] for name in names], []


@app.cell(hide_code=True)
def _(draft, section):
    metrics, faults = checked(section.value, draft.value)
    _told = mo.vstack([f"{len(faults)} to mend:", *faults], gap=0)
    mo.callout(_told, kind="danger") if faults else mo.vstack(
        [
            mo.callout("The catalog takes it as it stands.", kind="success"),
            *(mo.Html(card(_each)) for _each in metrics),
        ]
    )
    return (metrics,)


@app.cell(hide_code=True)
def _(metrics):
    steps = "\n".join(
        f"""\
    # 1. the entry above, below its section in
    anfl_assets/catalog/metrics.yaml
    # 2. its SQL: one row per subject and window, with the columns of its neighbour
    dbt_project/models/intermediate/{each.domain}/{each.model}.sql
    # 3. a unit test of it: rows in, rows out
    dbt_project/models/intermediate/{each.domain}/{each.metric_id}.unit.yml
    """
        for each in metrics
    )
    mo.stop(not metrics, mo.md("*Mend the draft first.*"))
    mo.vstack(
        [
            mo.md("## What to write where, and what to run then"),
            mo.plain_text(
                f"{steps}\nanfl catalog sync     # seeds, contracts and the union follow\n"
                "make check            # the catalog, the SQL and the layers\n"
                "anfl run              # compute and judge it\n"
                + "\n".join(f"anfl metric show {each.metric_id}" for each in metrics)
            ),
        ]
    )
    return


if __name__ == "__main__":
    app.run()
