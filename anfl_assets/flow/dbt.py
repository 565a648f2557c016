"""dbt in this process: parse the project, build into a private database, tell each node's outcome.

The command line takes 18 seconds a call; `dbtRunner` with a parsed project in hand takes two. Each
build writes its artefacts into its own folder, so builds of several data folders do not meet. One
call at a time in a process: dbt keeps its connections and flags in module state.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anfl_assets.errors import BuildError

TARGET = "target"
_ONE_AT_A_TIME = threading.Lock()
# dbt's own words for what became of a node.
_PASSED = {"success", "pass", "warn", "no-op"}


@dataclass(frozen=True)
class NodeEvent:
    """One model, seed or test that ended: `status` is dbt's word, `seconds` its execution.

    `tests` names what a test looks at; `compiled_sql` is a model's definition, free of places.
    """

    unique_id: str
    resource_type: str
    name: str
    status: str
    seconds: float
    message: str | None = None
    tests: tuple[str, ...] = ()
    compiled_sql: str | None = None

    @property
    def is_ok(self) -> bool:
        """Whether it ended as it should; skipped does not."""
        return self.status in _PASSED


def parse(project_dir: Path) -> None:
    """Parse the project into `target/manifest.json`.

    Raises:
        BuildError: dbt cannot parse it.
    """
    target = project_dir / TARGET
    result = _invoke(["parse"], project_dir, build_dir=target / "parse", target_dir=target)
    if not result.success:
        message = f"dbt cannot parse {project_dir.name}: {result.exception}"
        raise BuildError(message)


def build(
    project_dir: Path, build_dir: Path, *, on_event: Callable[[NodeEvent], None]
) -> tuple[NodeEvent, ...]:
    """Build every seed, model and data test; unit tests belong to the test suite, not to a build.

    Raises:
        BuildError: dbt itself failed, before or between nodes.
    """
    result = _invoke(
        ["build", "--exclude-resource-type", "unit_test"],
        project_dir,
        build_dir=build_dir,
        callback=_teller(on_event),
    )
    if result.result is None:
        message = f"dbt failed: {result.exception}"
        raise BuildError(message)
    return tuple(_node_event(found) for found in result.result.results)


def unit_test(
    project_dir: Path, build_dir: Path, *, on_event: Callable[[NodeEvent], None]
) -> tuple[NodeEvent, ...]:
    """Build every relation of what `build_dir` is bound to, then run the project's unit tests.

    A unit test takes the types of its inputs from the relations: bind it to an empty folder.

    Raises:
        BuildError: dbt itself failed, or a relation could not be built.
    """
    relations = _invoke(
        ["build", "--exclude-resource-type", "unit_test", "test"], project_dir, build_dir=build_dir
    )
    if not relations.success:
        raise BuildError(f"dbt cannot build what the unit tests are of: {_reasons(relations)}")
    result = _invoke(
        ["test", "--select", "test_type:unit"],
        project_dir,
        build_dir=build_dir,
        callback=_teller(on_event),
    )
    if result.result is None:
        raise BuildError(f"dbt failed: {result.exception}")
    return tuple(_node_event(found) for found in result.result.results)


def _reasons(result: Any) -> str:  # noqa: ANN401 - dbt's own result type
    if result.result is None:
        return str(result.exception)
    events = map(_node_event, result.result.results)
    return "; ".join(f"{event.name}: {event.message}" for event in events if not event.is_ok)


def _invoke(
    verb: list[str],
    project_dir: Path,
    *,
    build_dir: Path,
    target_dir: Path | None = None,
    callback: Callable[[Any], None] | None = None,
) -> Any:  # noqa: ANN401 - dbt's own result type
    """Call dbt; a call with a `target_dir` parses into it, any other is given what was parsed."""
    build_dir.mkdir(parents=True, exist_ok=True)
    arguments = [
        "--log-level", "none", "--log-level-file", "none", "--no-use-colors", *verb,
        "--project-dir", str(project_dir), "--profiles-dir", str(project_dir),
        "--log-path", str(build_dir / "logs"),
        "--target-path", str(target_dir or build_dir / TARGET),
    ]  # fmt: skip
    with _ONE_AT_A_TIME, _environment(ANFL_BUILD_DIR=str(build_dir)):
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager
        from dbt.cli.main import dbtRunner

        try:
            manifest = None if target_dir else _parsed(project_dir)
            runner = dbtRunner(manifest=manifest, callbacks=[callback] if callback else [])
            return runner.invoke(arguments)
        finally:
            _close(DuckDBConnectionManager)


def _parsed(project_dir: Path) -> Any:  # noqa: ANN401 - dbt's own manifest type
    """Return what the last parse left, anew for each call: a build writes into it."""
    from dbt.contracts.graph import manifest as graph

    manifest: Any = graph.Manifest.from_msgpack(
        (project_dir / TARGET / "partial_parse.msgpack").read_bytes()
    )
    manifest.build_flat_graph()
    return manifest


def _close(connections: Any) -> None:  # noqa: ANN401 - dbt-duckdb's class, without types
    """Close what dbt-duckdb keeps in module state, or the next call finds this call's database."""
    if connections._ENV is not None:  # noqa: SLF001 - there is no public way
        connections._ENV.close()  # noqa: SLF001
    connections.close_all_connections()


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    quiet = {"DO_NOT_TRACK": "1", "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
    before = {name: os.environ.get(name) for name in (*values, *quiet)}
    os.environ.update(quiet | values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _teller(on_event: Callable[[NodeEvent], None]) -> Callable[[Any], None]:
    """Turn dbt's own event of a finished node into ours, as it happens."""

    def tell(event: Any) -> None:  # noqa: ANN401 - dbt's own event type
        if event.info.name != "NodeFinished":
            return
        node, result = event.data.node_info, event.data.run_result
        on_event(
            NodeEvent(
                unique_id=node.unique_id,
                resource_type=node.resource_type,
                name=node.node_name,
                status=str(node.node_status),
                seconds=float(result.execution_time),
                message=result.message or None,
            )
        )

    return tell


def _node_event(result: Any) -> NodeEvent:  # noqa: ANN401 - dbt's own result type
    node = result.node
    is_test = node.resource_type == "test"
    return NodeEvent(
        unique_id=node.unique_id,
        resource_type=str(node.resource_type.value),
        name=node.name,
        status=str(result.status.value),
        seconds=float(result.execution_time),
        message=result.message,
        tests=tuple(parent.split(".")[-1] for parent in node.depends_on.nodes) if is_test else (),
        compiled_sql=None if is_test else getattr(node, "compiled_code", None),
    )
