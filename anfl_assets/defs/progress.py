"""What a run is doing, step by step, for whoever watches it.

Dagster tells every event of a run as it is stored; the few a person wants are passed on.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass

import dagster as dg

PROBLEMS_KEY = "problems"


@dataclass(frozen=True)
class StepProgress:
    """One thing that happened: `kind` is started, said, done, skipped or failed."""

    step: str
    kind: str
    text: str = ""
    seconds: float | None = None


_KINDS = {
    dg.DagsterEventType.STEP_START: "started",
    dg.DagsterEventType.STEP_SUCCESS: "done",
    dg.DagsterEventType.STEP_FAILURE: "failed",
    dg.DagsterEventType.STEP_SKIPPED: "skipped",
    dg.DagsterEventType.STEP_UP_FOR_RETRY: "retrying",
}


class Listener:
    """Passes on the events of one run and remembers what assets said of themselves."""

    def __init__(self, on_progress: Callable[[StepProgress], None]) -> None:
        """Begin with nothing heard."""
        self.metadata: dict[str, dict[str, object]] = {}
        self._on_progress = on_progress
        self._started: dict[str, float] = {}
        self._lock = threading.Lock()  # dbt's threads log too

    @property
    def problems(self) -> tuple[str, ...]:
        """What the sources said cannot be read, each once."""
        said = (str(values.get(PROBLEMS_KEY) or "") for values in self.metadata.values())
        return tuple(line for text in said for line in text.splitlines() if line)

    def __call__(self, entry: dg.EventLogEntry) -> None:
        """Take one event of the run's log."""
        with self._lock:
            event = entry.dagster_event
            if event is None:
                self._tell(entry.step_key, "said", text=entry.user_message)
            elif event.event_type is dg.DagsterEventType.ASSET_MATERIALIZATION:
                self._remember(event.step_materialization_data.materialization)
            elif event.event_type in _KINDS:
                self._step(entry, event)

    def _step(self, entry: dg.EventLogEntry, event: dg.DagsterEvent) -> None:
        kind = _KINDS[event.event_type]
        step = event.step_key or ""
        if kind == "started":
            self._started[step] = entry.timestamp
        began = self._started.get(step)
        seconds = None if began is None else entry.timestamp - began
        self._tell(step, kind, seconds=seconds)

    def _remember(self, materialization: dg.AssetMaterialization) -> None:
        self.metadata[materialization.asset_key.to_user_string()] = {
            key: value.value for key, value in materialization.metadata.items()
        }

    def _tell(
        self, step: str | None, kind: str, *, text: str = "", seconds: float | None = None
    ) -> None:
        if step:
            self._on_progress(StepProgress(step, kind, text, seconds))
