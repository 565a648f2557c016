"""dbt's manifest: parsed once for a state of the project, read as the planner's graph.

Parsing costs seconds, so its result is kept beside the project (`target/`, not under version
control) and used until a file of the project changes.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anfl_assets.catalog.reach import Reach, parse_reach
from anfl_assets.errors import BadQuantity, BuildError
from anfl_assets.flow.plan import Model

PROJECT_DIR = Path(__file__).resolve().parents[2] / "dbt_project"
_PARTS = ("models", "macros", "seeds", "tests", "dbt_project.yml", "profiles.yml")


@dataclass(frozen=True)
class Manifest:
    """A parsed project: dbt's own JSON, the hash of its files, and where it is kept."""

    content: Mapping[str, Any]
    project_sha256: str
    path: Path

    def models(self) -> list[Model]:
        """Every model and seed, parents first."""
        nodes = {
            unique_id: node
            for unique_id, node in self.content["nodes"].items()
            if node["resource_type"] in {"model", "seed"}
        }
        return [_model(nodes[unique_id]) for unique_id in _parents_first(nodes)]


def load_manifest(project_dir: Path = PROJECT_DIR) -> Manifest:
    """Return the manifest of the project as it is now, parsing it if a file has changed.

    Raises:
        BuildError: dbt cannot parse the project; the message is dbt's.
    """
    digest = project_sha256(project_dir)
    path = manifest_path(project_dir)
    with only_one(path.parent):
        stamp = path.with_name("parsed.sha256")
        if not path.exists() or not stamp.exists() or stamp.read_text() != digest:
            from anfl_assets.flow.dbt import parse

            parse(project_dir)
            stamp.write_text(digest)
    return Manifest(json.loads(path.read_bytes()), digest, path)


@contextmanager
def only_one(target: Path) -> Iterator[None]:
    """Let one process at a time parse: two would write the same files through each other."""
    target.mkdir(parents=True, exist_ok=True)
    with (target / "parse.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def manifest_path(project_dir: Path = PROJECT_DIR) -> Path:
    """Where a parsed manifest is kept."""
    return project_dir / "target" / "manifest.json"


def project_sha256(project_dir: Path) -> str:
    """Hash every file that dbt reads, by name and content."""
    digest = hashlib.sha256()
    for path in sorted(_project_files(project_dir)):
        digest.update(path.relative_to(project_dir).as_posix().encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _project_files(project_dir: Path) -> Iterator[Path]:
    for part in _PARTS:
        path = project_dir / part
        yield from (
            (found for found in path.rglob("*") if found.is_file()) if path.is_dir() else [path]
        )


def _parents_first(nodes: Mapping[str, Any]) -> list[str]:
    ordered: dict[str, None] = {}

    def visit(unique_id: str) -> None:
        if unique_id in ordered or unique_id not in nodes:
            return
        for parent in nodes[unique_id].get("depends_on", {}).get("nodes", ()):
            visit(parent)
        ordered[unique_id] = None

    for unique_id in nodes:
        visit(unique_id)
    return list(ordered)


def _model(node: Mapping[str, Any]) -> Model:
    meta = node["config"].get("meta", {})
    parents = tuple(_name(parent) for parent in node.get("depends_on", {}).get("nodes", ()))
    reach = meta.get("reach", {})
    is_whole = reach == "whole"
    return Model(
        name=node["name"],
        parents=parents,
        reach={} if is_whole else _reaches(node["name"], reach, parents),
        is_dated=node["config"]["materialized"] == "dated",
        is_published=bool(meta.get("is_published")),
        is_whole=is_whole,
    )


def _reaches(
    name: str, declared: object, parents: tuple[str, ...]
) -> Mapping[str, tuple[Reach, ...]]:
    """Read `reach`: one for all parents, a list of them, or one or a list for each parent."""
    if not isinstance(declared, Mapping):
        return dict.fromkeys(parents, _several(name, declared))
    unknown = sorted(set(declared) - set(parents))
    if unknown:
        message = f"{name}: reach names {', '.join(unknown)}; expected among {', '.join(parents)}"
        raise BuildError(message)
    return {parent: _several(name, reach) for parent, reach in declared.items()}


def _several(name: str, declared: object) -> tuple[Reach, ...]:
    texts = declared if isinstance(declared, list) else [declared]
    try:
        return tuple(parse_reach(str(text)) for text in texts)
    except BadQuantity as error:
        message = f"{name}: reach: {error}"
        raise BuildError(message) from error


def _name(unique_id: str) -> str:
    """`model.anfl.x` is x, `source.anfl.raw.x` is x, `source.anfl.meta.x` is meta.x."""
    kind, _, *rest = unique_id.split(".")
    if kind == "source" and rest[0] == "meta":
        return ".".join(rest)
    return rest[-1]
