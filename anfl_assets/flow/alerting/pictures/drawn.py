"""The picture of a message, from the data folder: published windows, and live ones after them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from anfl_assets.deliver.message import Line, Message
from anfl_assets.errors import AnflError
from anfl_assets.flow.alerting.pictures.chart import HEIGHT, WIDTH, draw, on_white
from anfl_assets.flow.alerting.pictures.fan import foretold_fan
from anfl_assets.flow.alerting.pictures.series import picture_of
from anfl_assets.flow.binding import bound_feeds
from anfl_assets.store.alerts.records import ConditionKey
from anfl_assets.store.workspace import Workspace

# Only these windows are judged live.
_LIVE_GRAINS = ("5 minutes", "event")


def drawn(
    workspace: Workspace, environ: Mapping[str, str], message: Message, *, now: datetime
) -> bytes | None:
    """Return the picture of a message's worst line as a PNG; None where there is too little.

    Takes about 0.3 s, 0.1 s where nothing is live, and a second at the first time.
    """
    if not message.lines:
        return None
    line = message.lines[0]
    if line.status == "forecast":
        return _fan(workspace, line, now)
    live = _live(workspace, environ, line, now)
    picture = picture_of(workspace, message, live=live)
    return None if picture is None else draw(picture)


def _fan(workspace: Workspace, line: Line, now: datetime) -> bytes | None:
    """Return what is foretold as a fan; a message goes out without one that cannot be read."""
    from deltalake.exceptions import DeltaError
    from polars.exceptions import PolarsError

    key = ConditionKey(line.metric_id, line.subject, line.grain, "forecast")
    title = f"{line.label} · {line.subject}"
    try:
        spec = foretold_fan(
            workspace, key, "light", now=now, title=title, width=WIDTH, height=HEIGHT
        )
    except (DeltaError, PolarsError, OSError):
        return None
    return None if spec is None else on_white(spec)


def _live(
    workspace: Workspace, environ: Mapping[str, str], line: Line, now: datetime
) -> dict[datetime, float | None]:
    """Return the live values of a line's windows since the last build, by their ends."""
    from anfl_assets.collect.feeds import load_feeds
    from anfl_assets.flow.live import open_live

    if line.grain not in _LIVE_GRAINS:
        return {}
    try:
        path = bound_feeds(workspace)
        feeds = None if path is None else load_feeds(path, environ)
        if feeds is None or not any(feed.connector for feed in feeds.feeds):
            return {}
        with open_live(workspace, feeds) as opened:
            judged, _ = opened.statuses(now=now)
    except AnflError:
        # A picture with published windows only says less; no picture says nothing.
        return {}
    rows = judged.filter(metric_id=line.metric_id, subject=line.subject, grain=line.grain)
    return dict(rows.select("window_end_at", "value").iter_rows())
