"""Gathering evidence: the ledger's loads and suites, the lake's tables, the published windows.

Reads only. A data folder in which nothing has run gives evidence without facts.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anfl_assets.report.conform.evidence import (
    BuildFacts,
    Evidence,
    LiveFacts,
    LoadFacts,
    MeasureFacts,
    MetricFacts,
    SuiteFacts,
    TableFacts,
)
from anfl_assets.report.conform.gather_analyses import analyses
from anfl_assets.report.conform.gather_forecasts import forecasts
from anfl_assets.store.feed_states import feed_states
from anfl_assets.store.ledger import open_ledger

if TYPE_CHECKING:
    from anfl_assets.catalog.model import Catalog
    from anfl_assets.report.conform.schedule import Schedule
    from anfl_assets.report.published import Published
    from anfl_assets.store.ledger import Ledger
    from anfl_assets.store.workspace import Workspace


def gather(workspace: Workspace, catalog: Catalog, schedules: tuple[Schedule, ...]) -> Evidence:
    """Read what is live in a data folder; nothing is made where nothing is there."""
    from anfl_assets.report.published import open_published
    from anfl_assets.store.builds import last_published

    if not workspace.state_path.exists():
        return Evidence(catalog, schedules)
    with open_ledger(workspace) as ledger:
        loads, suites, live = _loads(ledger), _suites(ledger), _live(ledger)
        has_build = last_published(ledger) is not None
    entities = [entity for source in catalog.sources.values() for entity in source.entities]
    tables = {entity: table_facts(workspace.table_path(entity)) for entity in entities}
    found = {entity: table for entity, table in tables.items() if table is not None}
    if not has_build:
        return Evidence(catalog, schedules, tables=found, loads=loads, suites=suites, live=live)
    with open_published(workspace) as published:
        build, marts = published.build, _marts(published)
        return Evidence(
            catalog=catalog,
            schedules=schedules,
            build=BuildFacts(build.build_id, build.finished_at, frozenset(build.compiled)),
            metrics=_metrics(published, marts),
            measures=_measures(published, marts),
            tables=found,
            marts=marts,
            loads=loads,
            suites=suites,
            live=live,
            analyses=analyses(published),
            forecasts=forecasts(workspace),
        )


def _live(ledger: Ledger) -> tuple[LiveFacts, ...]:
    return tuple(
        LiveFacts(state.feed, state.entity, state.every_s, state.ok_at)
        for state in feed_states(ledger).values()
    )


def table_facts(path: Path, *, version: int | None = None) -> TableFacts | None:
    """Read a Delta table's facts from its log alone; None where nothing was ever written."""
    import polars as pl

    from anfl_assets.store import lake

    table = lake.open_table(path, version=version)
    if table is None:
        return None
    actions = pl.DataFrame(table.get_add_actions(flatten=True))
    dated = actions if "min.date" in actions.columns else None
    return TableFacts(
        rows=int(actions["num_records"].sum()),
        size_bytes=int(actions["size_bytes"].sum()),
        first_on=None if dated is None else dated["min.date"].min(),  # type: ignore[arg-type]
    )


def _marts(published: Published) -> dict[str, TableFacts]:
    facts = {
        model: table_facts(published.workspace.mart_path(model), version=version)
        for model, version in published.build.tables.items()
    }
    return {model: table for model, table in facts.items() if table is not None}


def _metrics(published: Published, marts: Mapping[str, TableFacts]) -> dict[str, MetricFacts]:
    observed = _by_metric(
        published,
        marts,
        "fct_metric_observation",
        "count(*) as observed, max(window_end_at) as last_end_at",
    )
    judged = _by_metric(
        published,
        marts,
        "fct_metric_status",
        "count(*) as judged, count(*) filter (status = 'breached') as breached, "
        "count(*) filter (status in ('off_target', 'breached')) as off_target",
    )
    held_to = _by_metric(
        published,
        marts,
        "dim_metric",
        "any_value(description) as description, any_value(unit) as unit, "
        "any_value(target_operator) as operator, any_value(target_value) as target, "
        "any_value(threshold_value) as threshold",
    )
    return {
        metric_id: MetricFacts(**facts, **observed.get(metric_id, {}), **judged.get(metric_id, {}))
        for metric_id, facts in held_to.items()
    }


def _measures(published: Published, marts: Mapping[str, TableFacts]) -> dict[str, MeasureFacts]:
    """Sum up what the operational dashboard is told, by measure."""
    from anfl_assets.report.operational import MODEL

    if MODEL not in marts or not marts[MODEL].rows:
        return {}
    rows = published.rows(
        "select measure_id, count(*) as windows, count(distinct subject) as subjects, "
        f"max(window_end_at) as last_end_at from {published.table(MODEL)} group by measure_id"
    )
    return {row.pop("measure_id"): MeasureFacts(**row) for row in rows}


def _by_metric(
    published: Published, marts: Mapping[str, TableFacts], model: str, columns: str
) -> dict[str, dict[str, Any]]:
    """Sum up a published table by metric; a table without rows has no file to ask."""
    if model not in marts or not marts[model].rows:
        return {}
    rows = published.rows(
        f"select metric_id, {columns} from {published.table(model)} group by metric_id"
    )
    return {row.pop("metric_id"): row for row in rows}


def _loads(ledger: Ledger) -> dict[str, LoadFacts]:
    """Sum up what has landed by canonical table."""
    from sqlalchemy import func, select

    from anfl_assets.store.schema import LOADS

    rows = ledger.rows(
        select(
            LOADS.c.entity,
            LOADS.c.feed,
            func.count().label("files"),
            func.sum(LOADS.c.accepted).label("accepted"),
            func.max(LOADS.c.landed_at).label("last_at"),
        )
        .where(LOADS.c.status == "landed")
        .group_by(LOADS.c.entity, LOADS.c.feed)
        .order_by(LOADS.c.entity, LOADS.c.feed)
    )
    return {
        entity: LoadFacts(
            feeds=tuple(row["feed"] for row in each),
            files=sum(row["files"] for row in each),
            accepted=sum(row["accepted"] for row in each),
            last_at=max((row["last_at"] for row in each if row["last_at"]), default=None),
        )
        for entity in dict.fromkeys(row["entity"] for row in rows)
        for each in [[row for row in rows if row["entity"] == entity]]
    }


def _suites(ledger: Ledger) -> SuiteFacts | None:
    """Sum up what the suites said of each feed's newest landing; None where none ever ran."""
    from sqlalchemy import func, select

    from anfl_assets.store.schema import QUARANTINE, SUITE_RESULTS

    table = SUITE_RESULTS.c
    newest = select(func.max(table.id)).group_by(table.feed)
    landings = select(table.landing_id).where(table.id.in_(newest))
    rows = ledger.rows(select(SUITE_RESULTS).where(table.landing_id.in_(landings)))
    if not rows:
        return None
    aside = ledger.rows(select(func.count().label("quarantined")).select_from(QUARANTINE))
    return SuiteFacts(
        feeds=len({row["feed"] for row in rows}),
        expectations=len(rows),
        broken=sum(not row["success"] for row in rows),
        quarantined=aside[0]["quarantined"],
        last_at=max(row["at"] for row in rows),
    )
