"""Evaluating: what stands now is judged by the policy, and what follows is kept, in one commit.

Sends nothing: messages go into the outbox in that same commit, and the deliverer takes them there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Self

from anfl_assets.alert.pipeline import step
from anfl_assets.collect.feed import Feeds
from anfl_assets.collect.feeds import load_feeds
from anfl_assets.errors import AnflError
from anfl_assets.flow.alerting.forecast_readings import ForecastReadings, with_feeds
from anfl_assets.flow.alerting.last_good import LastGood
from anfl_assets.flow.alerting.own_signals import (
    file_readings,
    live_source_readings,
    source_readings,
)
from anfl_assets.flow.alerting.places import state_url
from anfl_assets.flow.alerting.readings import MetricReadings, open_readings
from anfl_assets.flow.alerting.settings import Settings, kept_settings
from anfl_assets.flow.binding import bound_feeds
from anfl_assets.store.alerts.records import Outcome, Reading
from anfl_assets.store.alerts.store import AlertStore, open_alerts
from anfl_assets.store.ledger import open_ledger
from anfl_assets.store.workspace import Workspace

METRICS, SOURCES, RUNS, CHECKS = "metrics", "sources", "runs", "checks"


@dataclass(frozen=True)
class Evaluation:
    """What one evaluation looked at, and what is so after it.

    `is_done` is false where nothing could be judged; nothing was kept then. `problems` say why, or
    which edit of a file is not in force.
    """

    metrics: int = 0
    subjects: int = 0
    seconds: float = 0.0
    firing: int = 0
    incidents: int = 0
    messages: int = 0
    is_done: bool = True
    problems: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return it as a person reads it in Dagster."""
        return "; ".join((self._judged() if self.is_done else "not judged", *self.problems))

    def _judged(self) -> str:
        if not self.metrics:
            return "nothing to judge yet"
        new = f", {_counted(self.messages, 'message')} to send" if self.messages else ""
        return (
            f"{_counted(self.metrics, 'metric')}, {_counted(self.subjects, 'subject')} judged in "
            f"{self.seconds:.2f} s: {self.firing} firing, "
            f"{_counted(self.incidents, 'incident')} open{new}"
        )


@dataclass
class Evaluator:
    """An open evaluator of one data folder, for one thread at a time; close it."""

    workspace: Workspace
    environ: Mapping[str, str]
    store: AlertStore
    settings: LastGood[Settings] = field(init=False)
    feeds: LastGood[Feeds | None] = field(init=False)
    forecasts: ForecastReadings = field(init=False)
    _readings: tuple[Feeds, MetricReadings] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        """Read nothing yet."""
        self.settings = kept_settings(self.workspace, self.environ)
        self.feeds = LastGood(self._load_feeds, self._feeds_files)
        self.forecasts = ForecastReadings(self.workspace)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """Give back every connection."""
        self._forget_readings()
        self.store.close()

    def evaluate(self, now: datetime) -> Evaluation:
        """Judge every metric, its forecasts and the running systems it comes from, at `now`."""
        return self._judged(METRICS, now, lambda: self._metrics(now))

    def evaluate_sources(self, now: datetime) -> Evaluation:
        """Judge how fresh every feed is, and whether the files that people write can be read."""
        return self._judged(SOURCES, now, lambda: self._sources(now))

    def observe(self, evaluator: str, readings: Sequence[Reading], now: datetime) -> Evaluation:
        """Judge what somebody else has read; what it does not speak of stays as it is."""
        return self._judged(evaluator, now, lambda: readings)

    def _judged(
        self, evaluator: str, now: datetime, read: Callable[[], Sequence[Reading]]
    ) -> Evaluation:
        """Judge what is read and keep what follows; what cannot be read leaves all as it was."""
        began = time.perf_counter()
        try:
            policy = self.settings.get().policy
            readings = read()
            with self.store.transaction() as transaction:
                before = transaction.state(now)
                outcome = step(before, readings, policy, evaluator=evaluator, now=now)
                transaction.keep(outcome, now=now)
        except AnflError as error:
            self._forget_readings()
            return Evaluation(is_done=False, problems=(str(error), *self._problems()))
        return _evaluation(readings, outcome, time.perf_counter() - began, self._problems())

    def _metrics(self, now: datetime) -> list[Reading]:
        feeds = self.feeds.get()
        if feeds is None:
            return []
        if self._readings is None or self._readings[0] is not feeds:
            self._forget_readings()
            self._readings = (feeds, open_readings(self.workspace, feeds))
        opened = self._readings[1]
        sources = live_source_readings(self.workspace, opened.path.ledger, feeds, now=now)
        judged = opened.at(now)
        return [*judged, *sources, *with_feeds(self.forecasts.at(now), judged)]

    def _sources(self, now: datetime) -> list[Reading]:
        feeds = self.feeds.get()
        files = file_readings(self._faults(), now=now)
        if feeds is None:
            return files
        with open_ledger(self.workspace) as ledger:
            return [*source_readings(self.workspace, ledger, feeds, now=now), *files]

    def _problems(self) -> tuple[str, ...]:
        problems = (*self._faults().values(), self.forecasts.problem)
        return tuple(problem for problem in problems if problem)

    def _faults(self) -> dict[str, str]:
        """Return what is wrong with each file that people write, by its name."""
        return {
            "alerts.yaml": self.settings.problem or "",
            "feeds.yaml": self.feeds.problem or "",
        }

    def _load_feeds(self) -> Feeds | None:
        path = bound_feeds(self.workspace)
        return None if path is None else load_feeds(path, self.environ)

    def _feeds_files(self) -> Iterable[Path]:
        """Return the feeds file and what may stand beside it: the organisation's own file."""
        path = bound_feeds(self.workspace)
        return () if path is None else sorted(path.parent.glob("*.y*ml"))

    def _forget_readings(self) -> None:
        opened, self._readings = self._readings, None
        if opened is not None:
            opened[1].close()


def open_evaluator(workspace: Workspace, environ: Mapping[str, str]) -> Evaluator:
    """Open the evaluator of a data folder; settings and feeds are read when it first judges.

    Raises:
        WorkspaceError: the state of alerting cannot be opened.
    """
    return Evaluator(workspace, environ, open_alerts(workspace, state_url(environ)))


def _evaluation(
    readings: Sequence[Reading], outcome: Outcome, seconds: float, problems: tuple[str, ...]
) -> Evaluation:
    state = outcome.state
    return Evaluation(
        metrics=len({each.metric_id for each in readings}),
        subjects=len({(each.metric_id, each.subject) for each in readings}),
        seconds=seconds,
        firing=sum(each.phase == "firing" for each in state.conditions.values()),
        incidents=sum(each.is_open for each in state.incidents.values()),
        messages=len(outcome.notices),
        problems=problems,
    )


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
