"""A build: plan what changed, let dbt compute it in private, audit, publish all of it or none.

Write, audit, publish. Readers keep the build before until the last table is committed and one row
in the build ledger pins the new versions. If any test fails, nothing of the build is published and
the changed days stay to be computed.
"""

from __future__ import annotations

import json
import shutil
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from anfl_assets.collect.feed import Feeds
from anfl_assets.errors import AnflError
from anfl_assets.flow import dbt
from anfl_assets.flow.bind import BINDING_NAME, binding
from anfl_assets.flow.changes import Inputs, changed_days, plan_of, read_inputs
from anfl_assets.flow.dbt import NodeEvent
from anfl_assets.flow.manifest import PROJECT_DIR
from anfl_assets.flow.plan import Plan
from anfl_assets.flow.publish import PublishedTable, publish
from anfl_assets.store import builds
from anfl_assets.store.ledger import open_ledger
from anfl_assets.store.workspace import COMMIT_WAIT_S, Workspace


@dataclass(frozen=True)
class BuildReport:
    """How a build ended: `published`, `nothing` (no changed day), or `held` (a test failed)."""

    build_id: str
    status: str
    seconds: float
    is_full: bool = False
    nodes: tuple[NodeEvent, ...] = ()
    tables: Mapping[str, PublishedTable] = field(default_factory=dict)
    dirty_dates: int = 0

    @property
    def failures(self) -> tuple[NodeEvent, ...]:
        """Nodes that failed; what was skipped because of them is not listed."""
        return tuple(node for node in self.nodes if not node.is_ok and node.status != "skipped")


def build(
    workspace: Workspace,
    feeds: Feeds,
    *,
    now: datetime,
    on_event: Callable[[NodeEvent], None] = lambda _: None,
    project_dir: Path = PROJECT_DIR,
    wait_s: float = COMMIT_WAIT_S,
) -> BuildReport:
    """Bring the published tables up to what has landed; wait for a writer that has just begun.

    Raises:
        BuildError: dbt itself failed; the build before stays published.
        WorkspaceError: another landing or build still writes after `wait_s`, or the disk is full.
    """
    started = time.monotonic()
    build_id = f"{now:%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:6]}"
    with workspace.writing(wait_s=wait_s), open_ledger(workspace) as ledger:
        inputs = read_inputs(workspace, ledger, feeds, now=now, project_dir=project_dir)
        changed = changed_days(ledger, inputs)
        if changed == {}:
            return BuildReport(build_id, "nothing", time.monotonic() - started)
        builds.begin(
            ledger,
            build_id,
            is_full=changed is None,
            definition_sha256=inputs.definition_sha256,
            consumed_load_id=inputs.consumed_load_id,
            watermarks=inputs.watermark_texts,
            started_at=now,
        )
        try:
            nodes, tables = _compute_and_publish(
                workspace,
                inputs,
                plan_of(inputs, changed),
                build_id=build_id,
                on_event=on_event,
                project_dir=project_dir,
            )
        except AnflError as error:
            builds.finish(
                ledger,
                build_id,
                status="failed",
                tables={},
                compiled={},
                finished_at=_ended_at(now, started),
                message=str(error),
            )
            raise
        status = "published" if tables else "held"
        builds.finish(
            ledger,
            build_id,
            status=status,
            tables={name: table.version for name, table in tables.items()},
            compiled={node.name: node.compiled_sql for node in nodes if node.compiled_sql},
            finished_at=_ended_at(now, started),
            message="; ".join(node.name for node in nodes if not node.is_ok),
        )
    return BuildReport(
        build_id,
        status,
        time.monotonic() - started,
        is_full=changed is None,
        nodes=nodes,
        tables=tables,
        dirty_dates=len(set().union(*changed.values())) if changed else 0,
    )


def _ended_at(now: datetime, started: float) -> datetime:
    """Return `now` and the time that has passed since on the monotonic clock."""
    return now + timedelta(seconds=time.monotonic() - started)


def _compute_and_publish(
    workspace: Workspace,
    inputs: Inputs,
    plan: Plan,
    *,
    build_id: str,
    on_event: Callable[[NodeEvent], None],
    project_dir: Path,
) -> tuple[tuple[NodeEvent, ...], dict[str, PublishedTable]]:
    """Run dbt in a folder of its own; publish if every test passed. A held build's folder stays."""
    shutil.rmtree(workspace.builds_dir, ignore_errors=True)
    build_dir = workspace.builds_dir / build_id
    build_dir.mkdir(parents=True)
    pinned = inputs.previous.tables if inputs.previous else {}
    bound = binding(workspace, plan, inputs.models, versions=pinned, meta=inputs.meta)
    (build_dir / BINDING_NAME).write_text(json.dumps(bound))
    nodes = dbt.build(project_dir, build_dir, on_event=on_event)
    if not all(node.is_ok for node in nodes):
        return nodes, {}
    tables = publish(
        workspace, build_dir / "lake.duckdb", plan, inputs.models, pinned=pinned, build_id=build_id
    )
    shutil.rmtree(build_dir, ignore_errors=True)
    return nodes, tables
