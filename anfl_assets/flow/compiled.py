"""The models' compiled SQL, kept beside the project: what the live path runs.

Compiling costs seconds, so it is done once for a state of the project, by a build of an empty data
folder. The SQL names no place, so it is the same as in every other build.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from anfl_assets.catalog import load_catalog
from anfl_assets.collect.feed import Feeds
from anfl_assets.collect.organisation import Organisation
from anfl_assets.errors import BuildError
from anfl_assets.flow import dbt
from anfl_assets.flow.bind import BINDING_NAME, binding, meta_tables
from anfl_assets.flow.manifest import (
    PROJECT_DIR,
    load_manifest,
    only_one,
    project_sha256,
)
from anfl_assets.flow.plan import full_plan
from anfl_assets.measure.definition import Definition
from anfl_assets.store.workspace import open_workspace


def load_definitions(project_dir: Path = PROJECT_DIR) -> tuple[Definition, ...]:
    """Return every model of the project as it is now, parents first.

    Raises:
        BuildError: dbt cannot parse or build the project.
    """
    path = project_dir / dbt.TARGET / "definitions.json"
    digest = project_sha256(project_dir)
    kept = json.loads(path.read_text()) if path.exists() else {}
    if kept.get("project_sha256") != digest:
        definitions = _compiled(project_dir)
        with only_one(path.parent):
            path.write_text(json.dumps({"project_sha256": digest, "models": definitions}))
        kept = {"models": definitions}
    return tuple(
        Definition(**{**each, "parents": tuple(each["parents"]), "columns": tuple(each["columns"])})
        for each in kept["models"]
    )


def _compiled(project_dir: Path) -> list[dict[str, object]]:
    manifest = load_manifest(project_dir)
    models = manifest.models()
    nobody = Feeds(Organisation(), (), project_dir)
    with tempfile.TemporaryDirectory(prefix="anfl-") as folder:
        empty = binding(
            open_workspace(Path(folder) / "data"),
            full_plan(models),
            models,
            versions={},
            meta=meta_tables(load_catalog(), nobody, []),
        )
        (Path(folder) / BINDING_NAME).write_text(json.dumps(empty))
        nodes = dbt.build(project_dir, Path(folder), on_event=lambda _: None)
    failed = [f"{node.name}: {node.message}" for node in nodes if not node.is_ok]
    if failed:
        raise BuildError(f"the models cannot be compiled: {'; '.join(failed)}")
    sql = {node.name: node.compiled_sql for node in nodes if node.compiled_sql}
    nodes_by_name = {node["name"]: node for node in manifest.content["nodes"].values()}
    return [
        {
            "name": model.name,
            "relation": nodes_by_name[model.name]["relation_name"],
            "sql": sql[model.name],
            "parents": model.parents,
            "columns": list(nodes_by_name[model.name]["columns"]),
            "is_rollup": model.is_published and model.name.startswith("int_"),
        }
        for model in models
        if model.name in sql
    ]
