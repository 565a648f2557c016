"""What a build starts from, and which days have changed since the last published one.

A day has changed when a load touched it, or when a watermark moved over it, of one feed or of all
feeds of an entity: windows that were open are closed now, or the reverse. A different definition
(models, catalog, organisation, a feed's carry), a kind of usage not seen before or a history that
now begins earlier changes everything.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from anfl_assets.catalog import load_catalog
from anfl_assets.catalog.reach import quarter_end
from anfl_assets.collect.feed import Feeds
from anfl_assets.flow.bind import meta_tables
from anfl_assets.flow.manifest import load_manifest
from anfl_assets.flow.plan import Model, Plan, full_plan, incremental_plan
from anfl_assets.flow.watermarks import Watermark, watermarks
from anfl_assets.store import lake
from anfl_assets.store.builds import PublishedBuild, last_published
from anfl_assets.store.ledger import Ledger
from anfl_assets.store.workspace import Workspace

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Inputs:
    """What a build starts from, read once under the folder's lock."""

    models: tuple[Model, ...]
    watermarks: tuple[Watermark, ...]
    meta: Mapping[str, Mapping[str, Any]]
    consumed_load_id: int
    definition_sha256: str
    previous: PublishedBuild | None

    @property
    def watermark_texts(self) -> dict[str, str]:
        """Watermarks as the build ledger keeps them: `feed/entity` to ISO time."""
        return {
            f"{each.feed}/{each.entity}": each.watermark_at.isoformat() for each in self.watermarks
        }


def read_inputs(
    workspace: Workspace, ledger: Ledger, feeds: Feeds, *, now: datetime, project_dir: Path
) -> Inputs:
    """Read the project, the folder's watermarks and the last published build.

    Raises:
        BuildError: dbt cannot parse the project.
    """
    manifest = load_manifest(project_dir)
    found = watermarks(ledger, feeds, now=now)
    kinds = _usage_kinds(workspace)
    meta = meta_tables(load_catalog(), feeds, found, usage_kinds=kinds)
    return Inputs(
        models=tuple(manifest.models()),
        watermarks=tuple(found),
        meta=meta,
        consumed_load_id=ledger.last_load_id(),
        definition_sha256=_definition(manifest.project_sha256, meta, found),
        previous=last_published(ledger),
    )


def changed_days(ledger: Ledger, inputs: Inputs) -> dict[str, set[date]] | None:
    """Return changed days per raw table; empty where nothing changed, None where everything did."""
    previous = inputs.previous
    if previous is None or previous.definition_sha256 != inputs.definition_sha256:
        return None
    changed = {
        entity: set(days) for entity, days in ledger.dates_since(previous.consumed_load_id).items()
    }
    before = _instants(previous.watermarks)
    after = _instants(inputs.watermark_texts)
    for name in before.keys() & after.keys():
        entity = name.rpartition("/")[2]
        if before[name] != after[name]:
            changed.setdefault(entity, set()).update(_between(before[name], after[name]))
    return changed


def plan_of(inputs: Inputs, changed: Mapping[str, set[date]] | None) -> Plan:
    """Plan the build of `changed` days; None plans everything."""
    if changed is None:
        return full_plan(inputs.models)
    # A watermark may also fall, when a file is replaced by a shorter one: what it had closed goes.
    before = inputs.previous.watermarks if inputs.previous else {}
    texts = [*before.values(), *inputs.watermark_texts.values()]
    last = max(datetime.fromisoformat(text).date() for text in texts)
    return incremental_plan(inputs.models, changed, until=quarter_end(last))


def _instants(watermarks: Mapping[str, str]) -> dict[str, datetime]:
    """Read `feed/entity` watermarks and add the furthest of each entity as `/entity`."""
    found = {name: datetime.fromisoformat(text) for name, text in watermarks.items()}
    for name, at in list(found.items()):
        whole = "/" + name.rpartition("/")[2]
        found[whole] = max(found.get(whole, at), at)
    return found


def _usage_kinds(workspace: Workspace) -> list[str]:
    rows = lake.scan(workspace.table_path("usage_windows"))
    if rows is None:
        return []
    return sorted(rows.select(pl.col("kind").unique()).collect()["kind"])


def _between(before: datetime, after: datetime) -> set[date]:
    """Days a moving watermark passes, and one before: an unfinished event may be a day old."""
    first, last = sorted((before.date(), after.date()))
    return {first - _DAY + n * _DAY for n in range((last - first).days + 2)}


def _definition(
    project_sha256: str, meta: Mapping[str, Mapping[str, Any]], found: list[Watermark]
) -> str:
    lasting = {name: table["rows"] for name, table in meta.items() if name != "watermarks"}
    begins: dict[str, str] = {}
    for each in found:
        begins[each.entity] = min(begins.get(each.entity, "9999"), str(each.first_on))
    text = json.dumps([project_sha256, lasting, sorted(begins.items())], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
