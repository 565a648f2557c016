"""How far a run of forecasts has come: a bar at a terminal, nothing elsewhere."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Self

from anfl_assets.cli.render import console, label

if TYPE_CHECKING:
    from anfl_assets.flow.forecasting.run import Told
    from anfl_assets.report.forecasts import VintageRow


class RunProgress:
    """A bar that is there from the start, as reading the series takes a while already."""

    def __init__(self) -> None:
        """Nothing is shown yet."""
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
        from rich.progress import TimeElapsedColumn as Elapsed

        out = console(to_stderr=True)
        told = TextColumn("{task.description}", markup=False)
        self._bar = Progress(told, BarColumn(), MofNCompleteColumn(), Elapsed(), console=out,
                             transient=True, disable=not out.is_terminal)  # fmt: skip
        self._steps = 0
        self._task = self._bar.add_task("reading the series", total=None)

    def __enter__(self) -> Self:
        """Show it."""
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take it away."""
        self._bar.stop()

    def __call__(self, told: Told) -> None:
        """Move on to the series that is done."""
        self._show(told.vintage, done=told.number, total=told.total)

    def step(self, row: VintageRow, *, total: int) -> None:
        """Move on by one series of so many."""
        self._steps += 1
        self._show(row, done=self._steps, total=total)

    def _show(self, row: VintageRow, *, done: int, total: int) -> None:
        name = f"{row.metric_id}, {label(row.subject)}"
        self._bar.update(self._task, description=name, completed=done, total=total)
