"""Reading YAML by hand-written expectations, noting every fault instead of stopping at one.

A `Section` is one mapping of the file with the path that leads to it; `yaml_file.py` reads the
first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from anfl_assets.config.period import UNITS, Period, parse_period
from anfl_assets.errors import Fault

_SHOWN = 80


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

    def count(self, name: str, *, default: int, most: int) -> int:
        """Return the whole number at `name`, from 1 to `most`."""
        value = self.content.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
            self.fault(name, f"a whole number from 1 to {most:,}")
            return default
        return value

    def zone(self, name: str) -> ZoneInfo | None:
        """Return the time zone at `name`, such as `Europe/London`."""
        value = self.text(name)
        if value is None:
            return None
        try:
            return ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.fault(name, "an IANA zone such as UTC or Europe/London")
            return None

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
