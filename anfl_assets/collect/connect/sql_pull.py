"""One pull of the *sql* connector: the page after the last one, and what came late before it.

A row may be committed after rows with a greater cursor value were handed on, so the last `overlap`
is read again; rows with one cursor value may be cut apart by a page's end, so a page begins with
that value, not after it. Digests (`sql_seen.py`) keep both from handing a row on twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import compress

import polars as pl

from anfl_assets.collect.batch import LINE, Batch, unsplit_frame
from anfl_assets.collect.connect.connector import Pulled
from anfl_assets.collect.connect.sql_database import Database
from anfl_assets.collect.connect.sql_range import range_of
from anfl_assets.collect.connect.sql_refused import refused_rows
from anfl_assets.collect.connect.sql_seen import Place, digests, place_of
from anfl_assets.collect.connect.sql_select import Paging, Selection, selection
from anfl_assets.collect.connect.sql_settings import USUAL_OVERLAP, Settings
from anfl_assets.errors import SourceError

# Digests kept with each pull: about a megabyte.
MOST_SEEN = 100_000


@dataclass(frozen=True)
class SqlPull:
    """Asks a database, opened anew for each pull."""

    opened: Callable[[], Database]
    settings: Settings
    needed: tuple[str, ...]

    def pull(self, cursor: str | None, *, now: datetime) -> Pulled:
        """Ask for what is new since `cursor`; None asks from the feed's `start`.

        Raises:
            SourceUnavailable: down, locked, overloaded or too slow.
            SourceError: login, query or settings are refused, or rows cannot be told apart.

        """
        place = place_of(cursor, self.settings.cursor)
        with self.opened() as database:
            found = database.describe(self.settings.query, self.settings.cursor)
            selected = selection(found, self.settings, self.needed)
            by = next((name for name in selected.columns if name.name == place.by), None)
            if by is None:
                return self._whole(database, selected, place, now)
            paging = Paging(selected, by, range_of(by, self.settings, now))
            return self._page(database, paging, place)

    def close(self) -> None:
        """Do nothing: no connection is held between pulls."""

    def _page(self, database: Database, paging: Paging, place: Place) -> Pulled:
        bounds = paging.bounds
        since = bounds.start if place.since is None else place.since
        # As many more as may come back, so that a cut page always brings something new.
        limit = self.settings.limit + len(place.seen)
        rows = database.read(*paging.page(since, limit))
        is_cut = rows.height == limit
        # A cut page may not have reached rows that were handed on before.
        refused, told, known = unsplit_frame([]), place.told, place.seen
        if not is_cut:
            known = frozenset()
            refused, told = refused_rows(database, paging, place)
        return Pulled(
            Batch(_unseen(rows, paging.selected, place), refused),
            replace(_after(rows, paging, since, known=known), told=told).as_json(),
            None if is_cut else bounds.now - bounds.late,
            has_more=is_cut,
        )

    def _whole(
        self, database: Database, selected: Selection, place: Place, now: datetime
    ) -> Pulled:
        """Read the whole query and hand on what was not there the last time."""
        limit = min(self.settings.limit, MOST_SEEN)
        rows = database.read(*selected.everything(limit + 1))
        if rows.height > limit:
            raise SourceError(
                f"sql: the query has more than {limit:,} rows: name a `cursor`, a column that grows"
            )
        seen = frozenset(digests(rows, selected.names))
        return Pulled(
            Batch(_unseen(rows, selected, place), unsplit_frame([])),
            Place(None, columns=selected.names, seen=seen).as_json(),
            now - USUAL_OVERLAP,
        )


def _after(
    rows: pl.DataFrame, paging: Paging, since: str | None, *, known: frozenset[bytes]
) -> Place:
    """Return where the next pull goes on, remembering the rows that it will meet again.

    Never before `since`, since what was read before it is forgotten; `known` rows stay known.

    Raises:
        SourceError: there are too many of them.

    """
    bounds, by, names = paging.bounds, paging.cursor.name, paging.selected.names
    values, found = paging.values(rows), digests(rows, names)
    if not values or not values[-1]:
        return Place(by, since, names, frozenset(found))
    again = bounds.again_from(values[-1])
    if since is not None and bounds.is_again(since, again):
        again = since
    is_again = [bounds.is_again(value, again) for value in values]
    seen = known.difference(found).union(compress(found, is_again))
    if len(seen) > MOST_SEEN:
        raise SourceError(
            f"sql: more than {MOST_SEEN:,} rows have a {by} of {again} or later, too many to tell "
            "from those to come: give a smaller overlap, or a cursor column that tells them apart"
        )
    return Place(by, again, names, seen)


def _unseen(rows: pl.DataFrame, selected: Selection, place: Place) -> pl.DataFrame:
    """Return the rows that were not handed on before, numbered."""
    if place.seen:
        found = digests(rows, place.columns or selected.names)
        is_new = [digest not in place.seen for digest in found]
        rows = rows.filter(pl.Series(is_new, dtype=pl.Boolean))
    lines = pl.int_range(1, rows.height + 1, dtype=pl.Int64, eager=True)
    return rows.with_columns(lines.alias(LINE))
