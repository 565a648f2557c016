"""What a build starts from, and which days have changed since the last published one.

A day has changed when a load touched it, or when a feed's watermark moved over it: windows that
were open are closed now. A different definition (models, catalog, organisation, a feed's carry) or
a history that now begins earlier changes everything.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from anfl_assets.catalog import load_catalog
from anfl_assets.catalog.reach import quarter_end
from anfl_assets.collect.feed import Feeds
from anfl_assets.flow.bind import meta_tables
from anfl_assets.flow.manifest import load_manifest
from anfl_assets.flow.plan import Model, Plan, full_plan, incremental_plan
from anfl_assets.flow.watermarks import Watermark, watermarks
from anfl_assets.store.builds import PublishedBuild, last_published
from anfl_assets.store.ledger import Ledger

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


def read_inputs(ledger: Ledger, feeds: Feeds, project_dir: Path) -> Inputs:
    """Read the project, the folder's watermarks and the last published build.

    Raises:
        BuildError: dbt cannot parse the project.
    """
    manifest = load_manifest(project_dir)
    found = watermarks(ledger, feeds)
    meta = meta_tables(load_catalog(), feeds, found)
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
    for each in inputs.watermarks:
        before = previous.watermarks.get(f"{each.feed}/{each.entity}")
        if before is not None and before != each.watermark_at.isoformat():
            days = _between(datetime.fromisoformat(before), each.watermark_at)
            changed.setdefault(each.entity, set()).update(days)
    return changed


def plan_of(inputs: Inputs, changed: Mapping[str, set[date]] | None) -> Plan:
    """Plan the build of `changed` days; None plans everything."""
    if changed is None:
        return full_plan(inputs.models)
    last = max(each.watermark_at.date() for each in inputs.watermarks)
    return incremental_plan(inputs.models, changed, until=quarter_end(last))


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
