"""Sessions that were logged out: cookies that somebody copied before must not open anything.

Kept in a small file as well, so that a new start does not bring them back.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from anfl_assets.errors import WorkspaceError
from anfl_assets.pages.access.private_file import write_private

FILE = "pages.ended.json"


@dataclass
class Ended:
    """Keys of ended sessions, each until no cookie of it can be young enough any more."""

    path: Path
    seconds: Callable[[], float]
    tell: Callable[[str], None]
    _until: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Read what an earlier process ended; what cannot be read is forgotten, and said."""
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
            self._until = {str(key): int(until) for key, until in found.items()}
        except FileNotFoundError:
            return
        except (OSError, ValueError, TypeError, AttributeError):
            self.tell(f"{self.path}: cannot be read; sessions ended before may be open again")

    def __contains__(self, key: object) -> bool:
        """Whether a session was ended."""
        return key in self._until

    def add(self, key: str, *, until: int) -> None:
        """End a session; in this process it has ended also where the disk is full."""
        now = self.seconds()
        self._until = {each: at for each, at in self._until.items() if at > now} | {key: until}
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_private(self.path, json.dumps(self._until))
        except (OSError, WorkspaceError) as error:
            self.tell(f"a session has ended until the next start only: {error}")
