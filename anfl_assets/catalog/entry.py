"""Reading YAML into typed values while collecting every fault instead of stopping at the first.

Lives here: `read_document` (one file, duplicate keys included) and `Entry` (one mapping in it;
its getters record what is wrong and answer with a stand-in). No knowledge of the specification.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import yaml

from anfl_assets.config.safe_yaml import SafeYaml
from anfl_assets.errors import BadQuantity, Fault

T = TypeVar("T")


@dataclass(frozen=True)
class Entry:
    """A mapping of a YAML file with the path that leads to it and the faults found so far."""

    file: str
    path: str
    body: Mapping[str, object]
    faults: list[Fault] = field(default_factory=list)

    def fault(self, key: str, found: str, expected: str) -> None:
        """Record that `key` of this entry is not as expected."""
        self.faults.append(Fault(self.file, self._path(key), found, expected))

    def only(self, *keys: str) -> None:
        """Record every key that is not one of `keys`."""
        for key in self.body:
            if key not in keys:
                self.fault(key, "an unknown key", one_of(key, keys))

    def text(self, key: str, default: str | None = None) -> str:
        """Return the text under `key`; without a default it must be there."""
        value = self.body.get(key, default)
        if isinstance(value, str) and (value.strip() or default == value):
            return value
        self.fault(key, shown(value), "a text")
        return ""

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """Return the list of texts under `key`; without a default it must be there."""
        value = self.body.get(key, default)
        if isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value):
            return tuple(value)
        self.fault(key, shown(value), "a list of texts")
        return ()

    def flag(self, key: str) -> bool:
        """Return the true or false under `key`."""
        value = self.body.get(key)
        if isinstance(value, bool):
            return value
        self.fault(key, shown(value), "true or false")
        return False

    def count(self, key: str) -> int:
        """Return the whole number under `key`."""
        value = self.body.get(key)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        self.fault(key, shown(value), "a whole number")
        return 0

    def choice(self, key: str, choices: Collection[str]) -> str:
        """Return the text under `key`, which must be one of `choices`."""
        value = self.text(key)
        if value and value not in choices:
            self.fault(key, shown(value), one_of(value, choices))
        return value

    def choices(self, key: str, choices: Collection[str]) -> tuple[str, ...]:
        """Return the texts under `key`, each of which must be one of `choices`."""
        values = self.texts(key)
        for value in values:
            if value not in choices:
                self.fault(key, shown(value), one_of(value, choices))
        return values

    def parsed(self, key: str, parse: Callable[[str], T], stand_in: str) -> T:
        """Return the text under `key` as `parse` reads it, else `stand_in` so read."""
        value = self.text(key)
        if not value:
            return parse(stand_in)
        try:
            return parse(value)
        except BadQuantity as error:
            found, _, expected = str(error).partition("; expected ")
            self.fault(key, found, expected)
            return parse(stand_in)

    def child(self, key: str, default: Mapping[str, object] | None = None) -> Entry:
        """Return the mapping under `key`; what is missing inside an absent one is not reported."""
        value = self.body.get(key, default)
        if isinstance(value, dict):
            return Entry(self.file, self._path(key), value, self.faults)
        self.fault(key, shown(value), "a mapping")
        return Entry(self.file, self._path(key), {})

    def children(self) -> Iterator[tuple[str, Entry]]:
        """Yield name and mapping of each entry inside this one, `decided` left out."""
        for key in self.body:
            if key != "decided":
                yield key, self.child(key)

    def _path(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key


def read_document(path: Path, faults: list[Fault]) -> Entry:
    """Read one YAML file as an entry; an unreadable one is a fault and an empty entry."""
    try:
        body = _load(path, faults)
    except FileNotFoundError:
        faults.append(Fault(path.name, "the file", "nothing", f"it in {path.parent.name}/"))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        faults.append(Fault(path.name, _place(error), "no YAML", _problem(error)))
    else:
        if isinstance(body, dict):
            return Entry(path.name, "", body, faults)
        faults.append(Fault(path.name, "the file", shown(body), "a mapping"))
    return Entry(path.name, "", {})


def one_of(found: str, choices: Collection[str]) -> str:
    """Say what was possible, and which of it is nearest to what was found."""
    nearest = nearest_to(found, choices)
    hint = f"; did you mean {nearest!r}?" if nearest else ""
    return f"one of {', '.join(choices)}{hint}"


def nearest_to(found: str, choices: Collection[str]) -> str | None:
    """Return the choice spelt most like what was found, if any is near."""
    return next(iter(get_close_matches(str(found), list(choices), n=1, cutoff=0.6)), None)


def shown(value: object) -> str:
    """Show a value in a fault."""
    return "nothing" if value is None else repr(value)


class _Loader(SafeYaml):
    """YAML's safe loader that remembers keys written twice.

    YAML itself keeps the last of two equal keys, which would silently drop a metric.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.repeated: list[tuple[int, str]] = []

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002  PyYAML's signature
        seen: set[str] = set()
        for key, _ in node.value:
            if str(key.value) in seen:
                self.repeated.append((key.start_mark.line + 1, str(key.value)))
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)


def _load(path: Path, faults: list[Fault]) -> object:
    loader = _Loader(path.read_text(encoding="utf-8"))
    try:
        return loader.get_single_data()
    finally:
        for line, key in loader.repeated:
            faults.append(Fault(path.name, f"line {line}", f"{key!r} twice", "each key once"))
        loader.dispose()


def _place(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    return f"line {mark.line + 1}" if mark else "the file"


def _problem(error: Exception) -> str:
    return f"valid YAML ({getattr(error, 'problem', None) or error})"
