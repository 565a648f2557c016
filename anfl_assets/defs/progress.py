"""What a run is doing, step by step, for whoever watches it.

Dagster tells every event of a run as it is stored; the few a person wants are passed on, in words.
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import dagster as dg

PROBLEMS_KEY = "problems"
FAULTY_KEY = "faulty_feeds"
# An asset that sums itself up in words; the others are summed up here.
SAID_KEY = "said"


@dataclass(frozen=True)
class StepProgress:
    """One thing that happened: `kind` is started, said, warned, done, retrying, skipped, failed."""

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
        self.metadata: dict[str, dict[str, Any]] = {}
        self._by_step: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self._on_progress = on_progress
        self._started: dict[str, float] = {}
        self._lock = threading.Lock()  # dbt's threads log too

    @property
    def problems(self) -> tuple[str, ...]:
        """What the sources said cannot be read."""
        said = (str(values.get(PROBLEMS_KEY) or "") for values in self.metadata.values())
        return tuple(line for text in said for line in text.splitlines() if line)

    @property
    def faulty_feeds(self) -> int:
        """How many feeds a person must mend."""
        return sum(int(values.get(FAULTY_KEY) or 0) for values in self.metadata.values())

    def __call__(self, entry: dg.EventLogEntry) -> None:
        """Take one event of the run's log."""
        with self._lock:
            event = entry.dagster_event
            if event is None:
                self._tell(entry.step_key, "said", text=entry.user_message)
            elif event.event_type is dg.DagsterEventType.ASSET_MATERIALIZATION:
                self._remember(event.step_key or "", event.step_materialization_data)
            elif event.event_type is dg.DagsterEventType.ASSET_CHECK_EVALUATION:
                self._warn(event.step_key, event.asset_check_evaluation_data)
            elif event.event_type in _KINDS:
                self._step(entry, event)

    def _step(self, entry: dg.EventLogEntry, event: dg.DagsterEvent) -> None:
        kind = _KINDS[event.event_type]
        step = event.step_key or ""
        if kind == "started":
            self._started[step] = entry.timestamp
        began = self._started.get(step)
        seconds = None if began is None else entry.timestamp - began
        text = summary(self._by_step[step]) if kind == "done" else ""
        self._tell(step, kind, text=text, seconds=seconds)

    def _remember(self, step: str, data: Any) -> None:  # noqa: ANN401 - no public name
        told = {key: value.value for key, value in data.materialization.metadata.items()}
        self.metadata[data.materialization.asset_key.to_user_string()] = told
        self._by_step[step].append(told)

    def _warn(self, step: str | None, check: Any) -> None:  # noqa: ANN401 - no public name
        if not check.passed:
            self._tell(step, "warned", text=f"{check.check_name}: {check.description or 'no'}")

    def _tell(
        self, step: str | None, kind: str, *, text: str = "", seconds: float | None = None
    ) -> None:
        if step:
            self._on_progress(StepProgress(step, kind, text, seconds))


def summary(told: list[dict[str, Any]]) -> str:
    """Sum up in words what the assets of one step said of themselves."""
    said = [str(values[SAID_KEY]) for values in told if SAID_KEY in values]
    if said:
        return "; ".join(said)
    landed = [values for values in told if "received" in values]
    if landed:
        return _landed(landed[0])
    published = [values for values in told if "delta_version" in values]
    if not told:
        return "nothing changed"
    rows = sum(int(values["dagster/row_count"]) for values in published)
    return f"{_counted(len(published), 'table')} published, {rows:,} rows"


def _landed(values: Mapping[str, Any]) -> str:
    if not values["files"]:
        return "nothing new"
    counted = [_counted(values["files"], "file"), _counted(values["received"], "row")]
    others = ("quarantined", "duplicates", "superseded")
    counted += [f"{values[name]:,} {name}" for name in others if values[name]]
    return ", ".join(counted)


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
