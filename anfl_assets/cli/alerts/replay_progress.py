"""How far a replay has come, shown at a terminal once it takes more than two seconds."""

from __future__ import annotations

import time
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Self

from anfl_assets.cli.render import console

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_PATIENCE_S = 2.0
_EVERY = 500


class ReplayProgress:
    """A bar from the start of a replay to its end; call it with each moment."""

    def __init__(self, start: datetime, end: datetime) -> None:
        """Note where it begins and ends; nothing is shown yet."""
        self._start, self._end = start, end
        self._began_s = time.monotonic()
        self._moments = 0
        self._bar: tuple[Progress, TaskID] | None = None

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar[0].stop()

    def __call__(self, moment: datetime) -> None:
        """Move on; only now and then, since a replay has many moments."""
        self._moments += 1
        if self._moments % _EVERY or time.monotonic() - self._began_s < _PATIENCE_S:
            return
        if self._bar is None:
            self._bar = self._opened()
        progress, task = self._bar
        done = (moment - self._start) / (self._end - self._start)
        progress.update(task, completed=max(0.0, min(1.0, done)))

    def _opened(self) -> tuple[Progress, TaskID]:
        from rich.progress import Progress

        out = console(to_stderr=True)
        progress = Progress(console=out, transient=True, disable=not out.is_terminal)
        progress.start()
        return progress, progress.add_task("replaying", total=1.0)
