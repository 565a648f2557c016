"""What the judge said at a moment: the live path's word for now, else the published history's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from anfl_assets.collect.feeds import load_feeds
from anfl_assets.errors import AnflError, WorkspaceError
from anfl_assets.flow.alerting.forecast_readings import forecast_readings
from anfl_assets.flow.alerting.readings import open_readings, readings_as_of
from anfl_assets.flow.binding import bound_feeds
from anfl_assets.store.alerts.records import Reading
from anfl_assets.store.collector_lock import is_collecting
from anfl_assets.store.workspace import Workspace


@dataclass(frozen=True)
class Judged:
    """Readings and, in words, where they are from."""

    readings: Sequence[Reading]
    source: str


def judged_at(
    workspace: Workspace, moment: datetime, *, is_now: bool, environ: Mapping[str, str]
) -> Judged:
    """Return what was judged; nothing, and why, where nothing was published.

    The live path knows only the present; the past is judged as the newest build has it, so windows
    whose rows came late are in it.
    """
    if is_now and is_collecting(workspace):
        try:
            return Judged(_live(workspace, moment, environ), "the live path and the newest build")
        except AnflError as error:
            why = f"the newest build ({error})"
    else:
        why = "the newest build"
    foretold = forecast_readings(workspace, now=moment, known_at=moment)
    try:
        return Judged([*readings_as_of(workspace, moment), *foretold], why)
    except WorkspaceError as error:
        return Judged(foretold, f"the log alone ({error})")


def _live(workspace: Workspace, moment: datetime, environ: Mapping[str, str]) -> list[Reading]:
    path = bound_feeds(workspace)
    if path is None:
        raise WorkspaceError("it knows no feeds file")
    with open_readings(workspace, load_feeds(path, environ)) as readings:
        return [*readings.at(moment), *forecast_readings(workspace, now=moment)]
