"""What a build's private database sees of the lake, as views and small tables.

One view per raw table over the exact files of one Delta version, only the days the plan shows; one
view per published model without the days that are computed anew; and what the data folder says
about itself (`meta`). Written to a file beside the database, applied by `dbt_plugin.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from anfl_assets.catalog import Catalog, parse_subject_target
from anfl_assets.collect.feed import Feeds
from anfl_assets.flow.plan import ALL, Days, Model, Plan
from anfl_assets.flow.watermarks import Watermark
from anfl_assets.frames import TABLES, Table
from anfl_assets.store import lake
from anfl_assets.store.relations import fill, parquet
from anfl_assets.store.workspace import Workspace

BINDING_NAME = "bind.json"
_NO_DATE = date(1, 1, 1)
_SQL_TYPES = {
    "String": "varchar",
    "Float64": "double",
    "Int64": "bigint",
    "Int32": "integer",
    "Boolean": "boolean",
    "Date": "date",
    "List(Int16)": "smallint[]",
    "List(Int64)": "bigint[]",
    "Datetime(time_unit='us', time_zone='UTC')": "timestamp with time zone",
    "Decimal(precision=18, scale=4)": "decimal(18, 4)",
}


def binding(
    workspace: Workspace,
    plan: Plan,
    models: Iterable[Model],
    *,
    versions: Mapping[str, int],
    meta: Mapping[str, Any],
) -> dict[str, Any]:
    """Describe the private database: JSON-ready views, `meta` tables and the plan's rows.

    `versions` pins each published model's table; one without a pin has nothing published.
    """
    views = {
        f"raw.{table.entity}": _raw_view(workspace, table, plan.raw.get(table.entity, frozenset()))
        for table in TABLES.values()
    }
    rows = []
    for model in models:
        planned = plan.models[model.name]
        has_published = False
        if model.is_published and planned.computes is not ALL and model.name in versions:
            view = _published_view(workspace, model, plan, version=versions[model.name])
            has_published = view is not None
            if view is not None:
                views[f"published.{model.name}"] = view
        rows.append(
            [model.name, planned.computes is ALL, one_of_days(planned.computes), has_published]
        )
    return {"views": views, "meta": meta, "plan": rows}


def apply(connection: Any, content: Mapping[str, Any]) -> None:  # noqa: ANN401 - duckdb's own
    """Create what `binding` described, in a connection to the private database."""
    for schema in ("raw", "meta", "published", "fresh", "build"):
        connection.execute(f"create schema if not exists {schema}")
    for name, sql in content["views"].items():
        connection.execute(f"create or replace view {name} as {sql}")
    for name, table in content["meta"].items():
        fill(connection, f"meta.{name}", table["columns"], table["rows"])
    columns = {
        "model": "varchar",
        "is_full": "boolean",
        "dates": "varchar",
        "has_published": "boolean",
    }
    fill(connection, "build.plan", columns, content["plan"])


def meta_tables(
    catalog: Catalog,
    feeds: Feeds,
    watermarks: Sequence[Watermark],
    *,
    usage_kinds: Iterable[str] = (),
) -> dict[str, dict[str, Any]]:
    """Describe what the data folder says of itself: organisation, feeds, how far they delivered."""
    organisation = feeds.organisation
    instant = "timestamp with time zone"
    return {
        "watermarks": {
            "columns": {
                "feed": "varchar", "entity": "varchar", "watermark_at": instant, "first_on": "date",
                "told_at": instant,
            },
            "rows": [
                [
                    each.feed, each.entity, each.watermark_at.isoformat(), str(each.first_on),
                    each.told_at and each.told_at.isoformat(),
                ]
                for each in watermarks
            ],
        },
        "feeds": {
            "columns": {"feed": "varchar", "entity": "varchar", "max_carry_s": "double"},
            "rows": [
                [each.name, each.entity, each.max_carry.total_seconds() if each.max_carry else None]
                for each in feeds.feeds
            ],
        },
        "organisation": {
            "columns": {"name": "varchar", "currency": "varchar", "is_simulated": "boolean"},
            "rows": [[organisation.name, organisation.currency, organisation.is_simulated]],
        },
        "features": {
            "columns": {"name": "varchar", "released_on": "date"},
            "rows": [[each.name, str(each.released_on)] for each in organisation.features],
        },
        "maintenance": {
            "columns": {"component": "varchar", "start_at": instant, "end_at": instant},
            "rows": [
                [each.component, each.start_at.isoformat(), each.end_at.isoformat()]
                for each in organisation.maintenance
            ],
        },
        "targets": {
            "columns": {
                "metric_id": "varchar", "subject": "varchar", "target_operator": "varchar",
                "target_value": "double", "threshold_value": "double",
            },
            "rows": _own_targets(catalog, feeds),
        },
        "usage_kinds": {
            "columns": {"kind": "varchar"}, "rows": [[kind] for kind in sorted(usage_kinds)]
        },
    }  # fmt: skip


def one_of_days(days: Days) -> str:
    """Say `days` as SQL on the column `date`; bounds come first because they prune row groups."""
    if days is ALL:
        return "true"
    ordered = sorted(days) or [_NO_DATE]
    listed = ", ".join(f"date '{day}'" for day in ordered)
    return f"(date between date '{ordered[0]}' and date '{ordered[-1]}' and date in ({listed}))"


def _own_targets(catalog: Catalog, feeds: Feeds) -> list[list[object]]:
    rows: list[list[object]] = []
    for own in feeds.organisation.targets:
        metric = catalog.metric(own.metric)
        target = parse_subject_target(
            metric, own.subject, target=own.target, threshold=own.alert_threshold
        )
        operator = target.target and (target.target.operator or metric.operator_at_equality)
        values = [each.value if each else None for each in (target.target, target.threshold)]
        rows.append([metric.metric_id, own.subject, operator, *values])
    return rows


def _raw_view(workspace: Workspace, table: Table, days: Days) -> str:
    path = workspace.table_path(table.entity)
    found = lake.files(path, days) if days is ALL or days else []
    columns = ", ".join(("feed", *table.schema, "date"))
    if not found:
        return _empty_view(table)
    return f"select {columns} from {parquet(found)} where {one_of_days(days)}"


def _published_view(workspace: Workspace, model: Model, plan: Plan, *, version: int) -> str | None:
    planned = plan.models[model.name]
    path = workspace.mart_path(model.name)
    shown = ALL if any(_is_onward(model)) else planned.shows
    found = lake.files(path, shown, version=version)
    if not found:
        return None
    return (
        f"select * from {parquet(found)} "
        f"where {one_of_days(shown)} and not {one_of_days(planned.computes)}"
    )


def _is_onward(model: Model) -> Iterable[bool]:
    """An onward model looks back at all it settled."""
    return (reach.unit == "onward" for reaches in model.reach.values() for reach in reaches)


def _empty_view(table: Table) -> str:
    types = {
        "feed": "varchar",
        **{name: _SQL_TYPES[str(kind)] for name, kind in table.schema.items()},
    }
    columns = ", ".join(
        f"null::{kind} as {name}" for name, kind in (types | {"date": "date"}).items()
    )
    return f"select {columns} where false"
