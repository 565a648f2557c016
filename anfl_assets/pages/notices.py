"""What stands above every page: simulated data, overdue sources, a feeds file with a fault."""

from __future__ import annotations

from dataclasses import dataclass, field

from anfl_assets.flow.clock import Clock
from anfl_assets.flow.overdue import notices
from anfl_assets.store.workspace import Workspace

# They change with a feeds file or once a day.
_KEPT_S = 30.0


@dataclass
class Notices:
    """The notices of a data folder, looked up again after half a minute."""

    workspace: Workspace
    clock: Clock
    _lines: tuple[str, ...] = ()
    _looked_at: float | None = field(default=None)

    def __call__(self) -> tuple[str, ...]:
        """Return one line for each thing to know; none where nothing was ever run."""
        at = self.clock.monotonic()
        if self._looked_at is None or at - self._looked_at >= _KEPT_S:
            self._looked_at = at
            is_there = self.workspace.state_path.exists()
            self._lines = tuple(notices(self.workspace, self.clock.now())) if is_there else ()
        return self._lines
