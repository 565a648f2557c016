"""Reading YAML by hand-written expectations, noting every fault instead of stopping at one.

A `Section` is one mapping of the file with the path that leads to it. Only `true` and `false` are
truth values (so `yes: 1` in a value map stays text) and a key given twice is a fault.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

import yaml

from anfl_assets.collect.period import UNITS, Period, parse_period
from anfl_assets.errors import Fault, FeedError

_SHOWN = 80


class _Loader(yaml.SafeLoader):
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


@dataclass(frozen=True)
class Section:
    """One mapping of a YAML file; `key` is its dotted path, empty at the top."""

    file: str
    key: str
    content: Mapping[str, object]
    faults: list[Fault] = field(default_factory=list)

    def path(self, name: str) -> str:
        """Return the dotted path of one of its keys."""
        return f"{self.key}.{name}" if self.key else name

    def fault(self, name: str, expected: str, found: str | None = None) -> None:
        """Note that the value at `name` is not what was expected."""
        shown = repr(self.content.get(name)) if found is None else found
        key = self.path(name) if name else self.key or "(whole file)"
        self.faults.append(Fault(self.file, key, shown[:_SHOWN], expected))

    def only(self, known: Collection[str]) -> None:
        """Note every key that is not known, with the nearest that is."""
        for name in self.content:
            if name not in known:
                self.fault(
                    name, f"one of {', '.join(known)}{nearest(name, known)}", "an unknown key"
                )

    def text(self, name: str) -> str | None:
        """Return the text at `name`; numbers as they read."""
        value = self.content.get(name)
        if value is None:
            return None
        if isinstance(value, bool | Mapping | list):
            self.fault(name, "a text")
            return None
        return str(value)

    def texts(self, name: str) -> tuple[str, ...] | None:
        """Return the texts at `name`, one or a list; None where the key is absent."""
        value = self.content.get(name)
        if value is None:
            return None
        items = value if isinstance(value, list) else [value]
        if any(isinstance(item, Mapping | list) for item in items):
            self.fault(name, "a text or a list of texts")
            return ()
        return tuple(scalar_text(item) for item in items)

    def flag(self, name: str, *, default: bool) -> bool:
        """Return true or false at `name`."""
        value = self.content.get(name, default)
        if not isinstance(value, bool):
            self.fault(name, "true or false")
            return default
        return value

    def choice(self, name: str, options: Collection[str]) -> str | None:
        """Return the text at `name` if it is one of the options."""
        value = self.text(name)
        if value is not None and value not in options:
            self.fault(name, f"one of {', '.join(options)}{nearest(value, options)}")
            return None
        return value

    def period(self, name: str) -> Period | None:
        """Return the period at `name`, such as `15 minutes`."""
        value = self.text(name)
        if value is None:
            return None
        period = parse_period(value)
        if period is None:
            self.fault(name, f"a whole number and one of {', '.join(UNITS)}, such as `1 day`")
        return period

    def section(self, name: str) -> Section | None:
        """Return the mapping at `name`; None where the key is absent or holds something else."""
        value = self.content.get(name)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            self.fault(name, "a mapping of keys to values")
            return None
        return self.inner(name, value)

    def inner(self, name: str, value: Mapping[object, object]) -> Section:
        """Return a section that shares this one's faults."""
        content = {scalar_text(key): item for key, item in value.items()}
        return Section(self.file, self.path(name), content, self.faults)

    def items(self, name: str) -> Iterator[Section]:
        """Yield the mappings in the list at `name`."""
        value = self.content.get(name)
        if value is None:
            return
        if not isinstance(value, list):
            self.fault(name, "a list")
            return
        for position, item in enumerate(value):
            if isinstance(item, Mapping):
                yield self.inner(f"{name}[{position}]", item)
            else:
                self.fault(f"{name}[{position}]", "a mapping of keys to values", repr(item))


def scalar_text(value: object) -> str:
    """Return a YAML scalar as source files write it: `true`, not `True`; null as empty text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def nearest(name: str, known: Collection[str]) -> str:
    """Return `; did you mean x?` when one of the known is close, else nothing."""
    near = get_close_matches(name.casefold(), known, n=1, cutoff=0.6)
    return f"; did you mean '{near[0]}'?" if near else ""


def _problem(error: Exception) -> str:
    """Say in one line what is no YAML, and where."""
    mark = getattr(error, "problem_mark", None)
    told = str(getattr(error, "problem", None) or error)
    where = f" in line {mark.line + 1}, column {mark.column + 1}" if mark else ""
    return " ".join(told.split()).removeprefix("found ") + where


def read_section(path: Path, faults: list[Fault] | None = None) -> Section:
    """Read a YAML file whose top level is a mapping.

    Raises:
        FeedError: unreadable, not YAML, or not a mapping.

    """
    try:
        content = yaml.load(path.read_bytes(), Loader=_Loader)  # noqa: S506 (a SafeLoader)
    except OSError as error:
        found = error.strerror or str(error)
        raise FeedError([Fault(str(path), "(whole file)", found, "a readable file")]) from error
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as error:
        fault = Fault(str(path), "(whole file)", _problem(error), "YAML, each key once")
        raise FeedError([fault]) from error
    if not isinstance(content, Mapping):
        found = "nothing" if content is None else type(content).__name__
        raise FeedError([Fault(str(path), "(whole file)", found, "a mapping of keys to values")])
    texts = {scalar_text(key): value for key, value in content.items()}
    return Section(str(path), "", texts, [] if faults is None else faults)
