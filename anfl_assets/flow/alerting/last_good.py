"""What a configuration file said when it could last be read: a broken edit changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from anfl_assets.errors import AnflError

T = TypeVar("T")
_Mark = tuple[tuple[str, int, int], ...]


@dataclass
class LastGood(Generic[T]):
    """Something read from files, read again once one of them changes.

    `problem` says in words why the newest edit is not in force; empty where it is.
    """

    load: Callable[[], T]
    files: Callable[[], Iterable[Path]]
    problem: str = field(default="", init=False)
    _value: T | None = field(default=None, init=False)
    _mark: _Mark | None = field(default=None, init=False)

    def get(self) -> T:
        """Return what the files say, or said before the edit that broke them.

        Raises:
            AnflError: they are wrong, and were never right since this was made.
        """
        mark = _mark(self.files())
        if self._value is None or mark != self._mark:
            try:
                self._value = self.load()
                self.problem = ""
            except AnflError as error:
                if self._value is None:
                    raise
                self.problem = f"what was so before is kept: {error}"
            self._mark = mark
        return self._value


def _mark(files: Iterable[Path]) -> _Mark:
    found = []
    for path in files:
        try:
            stat = path.stat()
        except OSError:
            continue
        found.append((str(path), stat.st_mtime_ns, stat.st_size))
    return tuple(found)
