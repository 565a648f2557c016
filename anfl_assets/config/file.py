"""A YAML file as its first `Section`.

Only `true` and `false` are truth values (so `yes: 1` in a value map stays text) and a key given
twice is a fault.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import yaml

from anfl_assets.config.safe_yaml import SafeYaml
from anfl_assets.config.section import Section, scalar_text
from anfl_assets.errors import Fault, FaultyConfiguration


class _Loader(SafeYaml):
    """Safe loading with YAML 1.2 truth values and no key given twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:  # noqa: FBT001, FBT002
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(
                    None, None, "a key that is no plain text", key.start_mark
                )
            if key.value in seen:
                line = key.start_mark.line + 1
                raise yaml.constructor.ConstructorError(
                    None, None, f"key {key.value!r} stands twice", key.start_mark
                ) from ValueError(line)
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, regex) for tag, regex in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), list("tf"))


def _problem(error: Exception) -> str:
    """Say in one line what is no YAML, and where."""
    mark = getattr(error, "problem_mark", None)
    told = str(getattr(error, "problem", None) or error)
    where = f" in line {mark.line + 1}, column {mark.column + 1}" if mark else ""
    return " ".join(told.split()).removeprefix("found ") + where


def read_section(
    path: Path, refusal: type[FaultyConfiguration], faults: list[Fault] | None = None
) -> Section:
    """Read a YAML file whose top level is a mapping.

    Raises:
        refusal: unreadable, not YAML, or not a mapping.
    """
    try:
        content = yaml.load(path.read_bytes(), Loader=_Loader)  # noqa: S506 (a SafeLoader)
    except OSError as error:
        found = error.strerror or str(error)
        raise refusal([Fault(str(path), "(whole file)", found, "a readable file")]) from error
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as error:
        fault = Fault(str(path), "(whole file)", _problem(error), "YAML, each key once")
        raise refusal([fault]) from error
    if not isinstance(content, Mapping):
        found = "nothing" if content is None else type(content).__name__
        raise refusal([Fault(str(path), "(whole file)", found, "a mapping of keys to values")])
    texts = {scalar_text(key): value for key, value in content.items()}
    return Section(str(path), "", texts, [] if faults is None else faults)
