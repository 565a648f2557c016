"""Every dbt model as one asset with many outputs: one build, reported node by node.

The body calls `flow.build` in this process. What was published becomes a materialization, what a
test said an asset check; a held table gets neither, so that nobody takes it for fresh.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import dagster as dg

from anfl_assets.catalog.loader import load_catalog
from anfl_assets.defs.failures import explained, failure
from anfl_assets.defs.pools import BUILDING
from anfl_assets.defs.resources import WorkspaceResource
from anfl_assets.flow.build import BuildReport
from anfl_assets.flow.dbt import NodeEvent

if TYPE_CHECKING:
    from anfl_assets.defs.translate import Translator

OP_NAME = "kpis"
_DONE = ("success", "pass", "no-op")
NodeResult = dg.MaterializeResult[None] | dg.AssetCheckResult


def dbt_models() -> dg.AssetsDefinition:
    """Make the asset of all models, as the project's manifest has them."""
    from dagster_dbt import dbt_assets

    from anfl_assets.defs.translate import Translator
    from anfl_assets.flow.manifest import load_manifest

    manifest = dict(load_manifest().content)
    translator = Translator(load_catalog())

    @dbt_assets(
        manifest=manifest,
        name=OP_NAME,
        exclude="resource_type:unit_test",
        dagster_dbt_translator=translator,
        pool=BUILDING,
    )
    def kpis(
        context: dg.AssetExecutionContext, workspace: WorkspaceResource
    ) -> Iterator[NodeResult]:
        from anfl_assets.flow.build import build

        with explained():
            report = build(
                workspace.open(),
                workspace.load_feeds(),
                now=workspace.now(),
                on_event=partial(_log_node, context.log),
            )
        wanted = {*context.selected_asset_keys, *context.selected_asset_check_keys}
        for key, result in node_results(report, manifest, translator):
            if key in wanted:
                yield result
        if report.status == "held":
            raise failure(f"build {report.build_id} is held, nothing published: {_blame(report)}")

    return kpis


def node_results(
    report: BuildReport, manifest: Mapping[str, Any], translator: "Translator"
) -> Iterator[tuple[dg.AssetKey | dg.AssetCheckKey, NodeResult]]:
    """Turn a build's report into materializations and check results by key, as they ran."""
    from dagster_dbt.asset_utils import get_asset_check_key_for_test

    # A project edited while this process runs has nodes the assets were not made of: built and
    # published like any other, but without an asset until the code is loaded again.
    for node in (node for node in report.nodes if node.unique_id in manifest["nodes"]):
        if node.resource_type == "test":
            key = get_asset_check_key_for_test(manifest, translator, node.unique_id, None)
            if key is not None and node.status != "skipped":
                yield key, _check_result(node, key)
        elif node.resource_type in ("model", "seed") and _is_fresh(node, report):
            asset_key = translator.get_asset_key(manifest["nodes"][node.unique_id])
            metadata = _metadata(node, report)
            yield asset_key, dg.MaterializeResult(asset_key=asset_key, metadata=metadata)


def _is_fresh(node: NodeEvent, report: BuildReport) -> bool:
    table = report.tables.get(node.name)
    return (
        node.is_ok
        and report.status == "published"
        and (table is None or table.state == "published")
    )


def _metadata(node: NodeEvent, report: BuildReport) -> dict[str, Any]:
    table = report.tables.get(node.name)
    published = (
        {} if table is None else {"dagster/row_count": table.rows, "delta_version": table.version}
    )
    return {"build_id": report.build_id, "seconds": round(node.seconds, 3), **published}


def _check_result(node: NodeEvent, key: dg.AssetCheckKey) -> dg.AssetCheckResult:
    is_error = node.status in ("fail", "error")
    return dg.AssetCheckResult(
        passed=node.status in _DONE,
        asset_key=key.asset_key,
        check_name=key.name,
        severity=dg.AssetCheckSeverity.ERROR if is_error else dg.AssetCheckSeverity.WARN,
        metadata={"status": node.status, "seconds": round(node.seconds, 3)},
        description=node.message,
    )


def _log_node(log: dg.DagsterLogManager, node: NodeEvent) -> None:
    say = log.debug if node.is_ok else log.warning
    say("%s: %s in %.2f s %s", node.name, node.status, node.seconds, node.message or "")


def _blame(report: BuildReport) -> str:
    return "; ".join(f"{node.name} ({node.status}: {node.message})" for node in report.failures)
