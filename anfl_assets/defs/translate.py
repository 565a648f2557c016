"""How a dbt node is called and grouped in Dagster.

A model's asset is its name; a raw table belongs to the asset of its source, since collecting lands
a source as a whole. Imported by `dbt.py` inside its functions only: dagster_dbt costs seconds.
"""

from collections.abc import Mapping
from typing import Any

import dagster as dg
from dagster_dbt import (  # noqa: TID253 - see above
    DagsterDbtTranslator,
    DagsterDbtTranslatorSettings,
    DbtProject,
)

from anfl_assets.catalog.model import Catalog
from anfl_assets.defs.assets import source_key
from anfl_assets.defs.freshness import metric_freshness
from anfl_assets.frames import TABLES

SEED_GROUP = "catalog"


class Translator(DagsterDbtTranslator):
    """Names, groups and freshness of dbt nodes."""

    def __init__(self, catalog: Catalog) -> None:
        """Remember each metric's model."""
        super().__init__(DagsterDbtTranslatorSettings(enable_duplicate_source_asset_keys=True))
        self._metrics = {metric.model: metric for metric in catalog.metrics.values()}

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """Model and seed: the name. Raw table: its source's asset. Other source: as dbt has it."""
        name = dbt_resource_props["name"]
        if dbt_resource_props["resource_type"] != "source":
            return dg.AssetKey([name])
        if dbt_resource_props["source_name"] == "raw":
            return source_key(TABLES[name].source)
        return dg.AssetKey([dbt_resource_props["source_name"], name])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """Seed: the catalog. Model: its layer, the first folder."""
        if dbt_resource_props["resource_type"] == "seed":
            return SEED_GROUP
        folders: list[str] = dbt_resource_props["fqn"][1:-1]
        return folders[0] if folders else None

    def get_asset_spec(
        self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> dg.AssetSpec:
        """Add the freshness policy and owner of a metric to its model."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        metric = self._metrics.get(spec.key.path[-1])
        if metric is None:
            return spec
        return spec.replace_attributes(freshness_policy=metric_freshness(metric)).merge_attributes(
            tags={"anfl/metric": metric.metric_id, "anfl/owner": metric.owner}
        )
