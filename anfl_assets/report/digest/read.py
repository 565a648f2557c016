"""A digest read from one published build, for a moment: the newest data's, or an earlier one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from anfl_assets.catalog.model import Catalog
from anfl_assets.report.contributions import ContributionRow
from anfl_assets.report.digest.changes import changes, moves
from anfl_assets.report.digest.content import Digest, IncidentTold, Tile
from anfl_assets.report.digest.drivers import largest_driver
from anfl_assets.report.digest.first_line import age_line, first_line, nothing_before
from anfl_assets.report.digest.forecasts import told_forecasts
from anfl_assets.report.digest.tiles import told_panels
from anfl_assets.report.published import Published
from anfl_assets.report.scoreboard import BoardRow, scoreboard
from anfl_assets.report.sparks import sparks
from anfl_assets.report.trends import TrendRow, stored_trends

_DAY = timedelta(days=1)
_TRENDS = 8


@dataclass(frozen=True)
class Around:
    """What a board does not know: the organisation, what to know first, incidents, contributions.

    `incidents` is None where alerting has never run. `contributions` are of the last change of each
    metric by the moment the digest speaks for.
    """

    organisation: str
    is_simulated: bool
    notices: tuple[str, ...]
    incidents: tuple[IncidentTold, ...] | None
    contributions: Sequence[ContributionRow] = ()


def read_digest(
    published: Published,
    catalog: Catalog,
    around: Around,
    *,
    now: datetime,
    as_of: datetime | None = None,
) -> Digest:
    """Return the digest of a build; `as_of` judges only what had ended by then.

    It is compared with a day before the newest data, not before the clock: where a source is late,
    that it is late is one line, and the comparison still tells of a day.
    """
    board = scoreboard(published, now=now, as_of=as_of)
    data_at = max((row.window_end_at for row in board if row.window_end_at), default=None)
    panels = told_panels(catalog, board, sparks(published, board), now=as_of or now)
    tiles = [tile for panel in panels for tile in panel.tiles]
    return Digest(
        first_line=_first_line(published, board, data_at, as_of or now),
        made_at=as_of or now,
        data_at=data_at,
        age_line=None if data_at is None else age_line(data_at, as_of or now),
        counts=Counter(row.status for row in board if not row.is_whole),
        panels=panels,
        incidents=around.incidents,
        trends=told_trends(stored_trends(published), tiles) if as_of is None else None,
        forecasts=told_forecasts(published.workspace, catalog, known_at=as_of or now),
        driver=largest_driver(around.contributions, tiles),
        notices=around.notices,
        build_id=published.build.build_id,
        is_simulated=around.is_simulated,
        organisation=around.organisation,
    )


def told_trends(
    rows: Sequence[TrendRow] | None, tiles: Sequence[Tile]
) -> tuple[TrendRow, ...] | None:
    """Return the trends of what the digest shows that go somewhere, the worse first."""
    if rows is None:
        return None
    shown = {(tile.metric_id, tile.row.subject) for tile in tiles}
    going = [row for row in rows if row.verdict in {"worsening", "improving"}]
    mine = [row for row in going if (row.metric_id, row.subject) in shown]
    return tuple(sorted(mine, key=lambda row: row.verdict != "worsening")[:_TRENDS])


def _first_line(
    published: Published, board: Sequence[BoardRow], data_at: datetime | None, at: datetime
) -> str:
    if data_at is None:
        return nothing_before(at)
    then = min(data_at, at) - _DAY
    before = scoreboard(published, now=then, as_of=then)
    return first_line(changes(before, board), moves(before, board))
