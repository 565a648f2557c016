"""One page on a data folder: does everything work. What cannot be read is a finding, not an end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from anfl_assets.errors import AnflError
from anfl_assets.flow.alerting.doctor import alerting, pipeline
from anfl_assets.flow.alerting.doctor.finding import Finding
from anfl_assets.flow.alerting.judged import judged_at
from anfl_assets.flow.alerting.places import state_url
from anfl_assets.flow.alerting.settings import Settings, load_settings
from anfl_assets.store.alerts.store import open_alerts
from anfl_assets.store.workspace import Workspace


@dataclass
class Examination:
    """One look at one folder; each part by itself, so that one that fails hides no other.

    A process that has not run for longer than `max_age` counts as dead.
    """

    workspace: Workspace
    environ: Mapping[str, str]
    now: datetime
    max_age: timedelta
    settings: Settings | None = None

    def findings(self) -> list[Finding]:
        """Look at everything."""
        workspace, now = self.workspace, self.now
        return [
            *_tried("data folder", lambda: pipeline.folder(workspace)),
            *_tried("feeds", lambda: pipeline.feeds(workspace, now)),
            *_tried("last build", lambda: pipeline.build(workspace, now)),
            *_tried("alerts.yaml", self._settings),
            *_tried("rules", self._rules),
            *_tried("alerting", self._state),
        ]

    def _settings(self) -> Iterable[Finding]:
        self.settings = settings = load_settings(self.workspace, self.environ)
        text = f"{settings.path}" if settings.path else "none: the catalog's policy holds"
        finding = Finding("alerts.yaml", "ok", text)
        yield (
            replace(finding, health="look", text=settings.problem) if settings.problem else finding
        )

    def _rules(self) -> Iterable[Finding]:
        if self.settings is None:
            return ()
        judged = judged_at(self.workspace, self.now, is_now=False, environ=self.environ)
        if not judged.readings:
            return [Finding("rules", "look", f"what they judge is known by {judged.source}")]
        return alerting.never_seen(self.settings.policy, judged.readings)

    def _state(self) -> Iterable[Finding]:
        now, settings = self.now, self.settings
        with open_alerts(self.workspace, state_url(self.environ)) as store:
            yield from alerting.beats(store, now, self.max_age)
            yield from alerting.outbox(store, now)
            yield from alerting.incidents(store, now)
            if settings is not None:
                yield from alerting.channels(settings, store, now)
                yield from alerting.silences(settings.policy, store, now)


def _tried(topic: str, look: Callable[[], Iterable[Finding]]) -> list[Finding]:
    try:
        return list(look())
    except AnflError as error:
        return [Finding(topic, "broken", line) for line in str(error).splitlines()]
    except OSError as error:
        return [Finding(topic, "broken", error.strerror or str(error))]
