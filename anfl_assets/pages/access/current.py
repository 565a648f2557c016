"""`access.yaml` as it is now: an edit counts from the next request on.

An edit with a fault changes nothing: what the file said before holds, and that is said once. A file
that has gone is such a fault: deleting it must not open a door.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from anfl_assets.pages.access.people import Access
from anfl_assets.pages.access.private_file import exposure
from anfl_assets.pages.access.read_access import AccessError, read_access

_Seen = tuple[int, int, int, int]


@dataclass
class CurrentAccess:
    """Who may come in; `fault` is what is wrong with the newest edit, empty where nothing is."""

    path: Path
    tell: Callable[[str], None]
    fault: str = ""
    _access: Access = field(init=False)
    _seen: _Seen | None = field(init=False)

    def __post_init__(self) -> None:
        """Read the file; a first one with a fault is not begun with.

        Raises:
            AccessError: it is wrong.
        """
        self._seen = _seen(self.path)
        self._access = read_access(self.path)
        self._warn()

    def __call__(self) -> Access:
        """Return what holds now; the same object as long as nothing has changed."""
        seen = _seen(self.path)
        if seen != self._seen:
            self._seen = seen
            self._read(is_there=seen is not None)
        return self._access

    def _read(self, *, is_there: bool) -> None:
        try:
            found = read_access(self.path)
        except AccessError as error:
            self._keep(str(error))
            return
        if not is_there and not self._access.is_open:
            self._keep(f"{self.path} has gone")
            return
        self.fault = ""
        self._warn()
        if found != self._access:
            self._access = found
            self.tell(f"{self.path}: read again; {len(found.users)} users")

    def _keep(self, fault: str) -> None:
        self.fault = fault
        self.tell(f"{fault}\nwhat {self.path.name} said before holds")

    def _warn(self) -> None:
        found = exposure(self.path)
        if found is not None:
            self.tell(found)


def _seen(path: Path) -> _Seen | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino
