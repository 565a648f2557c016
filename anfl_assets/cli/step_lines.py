"""A run as lines: one for each step that ended, and at a terminal what the present one does."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Self

from anfl_assets.cli.render import duration, printable

if TYPE_CHECKING:
    from rich.console import Console

    from anfl_assets.defs.progress import StepProgress

_MARKS = {"done": "✔", "failed": "✖", "skipped": "–", "retrying": "…", "warned": "▲"}
# How Dagster calls the steps of a source, and what an unchanged one says.
_COLLECT = "raw__"
_CHECK = "_expectations"
_ANALYZE = "analyze__"
NOTHING_NEW = "nothing new"
_LABEL_WIDTH = 28


def step_label(step: str) -> str:
    """Say what a step does: collect a source, check it, build the KPIs, or analyse them."""
    if step.startswith(_COLLECT):
        return f"collect {step.removeprefix(_COLLECT)}"
    if step.endswith(_CHECK):
        return f"check {step.removesuffix(_CHECK)}"
    if step.startswith(_ANALYZE):
        return f"analyse {step.removeprefix(_ANALYZE)}"
    return "build KPIs" if step == "kpis" else step


class StepLines:
    """Writes the progress of one run to a console; a spinner only at a terminal."""

    def __init__(self, console: Console) -> None:
        """Write to `console`."""
        self._console = console
        self._status = console.status("starting") if console.is_terminal else None
        self._unchanged: set[str] = set()

    def __enter__(self) -> Self:
        """Start the spinner."""
        if self._status is not None:
            self._status.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the spinner away."""
        if self._status is not None:
            self._status.stop()

    def __call__(self, progress: StepProgress) -> None:
        """Show one event of the run."""
        if progress.kind in ("started", "said"):
            if self._status is not None:
                self._status.update(f"{step_label(progress.step)}  {progress.text}".rstrip())
        elif not self._is_old_news(progress):
            self._write(progress)

    def _is_old_news(self, progress: StepProgress) -> bool:
        """Whether it is a check without a finding, or of a source that brought nothing new."""
        if progress.kind == "done" and progress.text == NOTHING_NEW:
            self._unchanged.add(progress.step.removeprefix(_COLLECT))
        if not progress.step.endswith(_CHECK) or progress.kind not in ("done", "warned"):
            return False
        return progress.kind == "done" or progress.step.removesuffix(_CHECK) in self._unchanged

    def _write(self, progress: StepProgress) -> None:
        label = step_label(progress.step).ljust(_LABEL_WIDTH)
        took = "" if progress.seconds is None else f"  {duration(progress.seconds)}"
        told = printable(progress.text)
        self._console.print(f"{_MARKS[progress.kind]} {label} {told}{took}".rstrip())

    def say(self, text: str) -> None:
        """Write a line of its own."""
        self._console.print(text)
