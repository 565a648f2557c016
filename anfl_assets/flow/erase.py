"""Taking a wrong load back: its rows leave the lake, and their days are computed again.

An erasure is a landing without rows in the place of the load, so it is as safe against a crash as
any. What the load had superseded by its key does not come back: the lake has it no more.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby

import polars as pl
from sqlalchemy import Connection, func, select

from anfl_assets.collect.collected import rows_schema
from anfl_assets.collect.feed import Feed
from anfl_assets.collect.organisation import Organisation
from anfl_assets.collect.period import Period
from anfl_assets.errors import UserError
from anfl_assets.flow import lake_rows
from anfl_assets.flow.lake_rows import Leaving
from anfl_assets.flow.landing import Place, write
from anfl_assets.flow.receive import LOAD, SET_ASIDE
from anfl_assets.flow.recover import recover_staged
from anfl_assets.store import erasures
from anfl_assets.store.erasures import Erasure
from anfl_assets.store.landings import Beside, Landing, Load
from anfl_assets.store.ledger import Ledger, Row, open_ledger
from anfl_assets.store.replays import is_standing, origins, replays_of
from anfl_assets.store.schema import LIVE_LOADS, LOAD_DATES, QUARANTINE
from anfl_assets.store.workspace import Workspace

# A collector holds the folder for one commit at a time.
_WAIT_S = 20.0


@dataclass(frozen=True)
class Doomed:
    """A load that is to go, and all that goes with it.

    `replays` are later loads of its own refused rows, `row_count` and `dates` what of all these is
    in the lake, `aside_count` its rows in quarantine. `superseded` rows do not come back unless
    the loads `land_again` do, in that order. A live load's source is not asked for it again.
    """

    load: Row
    replays: tuple[int, ...]
    row_count: int
    dates: frozenset[date]
    aside_count: int
    superseded: int
    land_again: tuple[int, ...]
    is_live: bool

    @property
    def load_ids(self) -> tuple[int, ...]:
        """The load and its replays."""
        return (self.load["load_id"], *self.replays)


def doomed(workspace: Workspace, ledger: Ledger, load_ids: Iterable[int]) -> list[Doomed]:
    """Say what erasing these loads would take, in the order of their feeds.

    Raises:
        UserError: some of them cannot be erased; every one is named, with the reason.

    """
    every = {load["load_id"]: load for load in ledger.loads()}
    wanted = list(dict.fromkeys(load_ids))
    faults = [text for each in wanted if (text := _fault(ledger, every, each))]
    if faults:
        raise UserError("\n".join(faults))
    found = [_doomed(workspace, ledger, every, each) for each in wanted]
    with_others = {replay for each in found for replay in each.replays}
    alone = [
        replace(each, land_again=tuple(other for other in each.land_again if other not in wanted))
        for each in found
        if each.load["load_id"] not in with_others
    ]
    return sorted(alone, key=lambda each: (each.load["feed"], each.load["load_id"]))


def erase(
    workspace: Workspace, load_ids: Sequence[int], *, reason: str, now: datetime
) -> list[Doomed]:
    """Take the loads back, one commit for each feed; return what went.

    Raises:
        UserError: some of them cannot be erased; nothing was.
        WorkspaceError: the folder is full, or another run holds it.
        LandingError: the lake refused a commit; feeds before it are done.

    """
    with workspace.writing(wait_s=_WAIT_S), open_ledger(workspace) as ledger:
        recover_staged(workspace, ledger, now=now)
        going = doomed(workspace, ledger, load_ids)
        place = Place(workspace, ledger, Organisation(), now)
        for _, group in groupby(going, key=lambda each: each.load["feed"]):
            _erase(place, list(group), reason)
    return going


def restore(workspace: Workspace, load_id: int, *, now: datetime) -> Row:
    """Let an erased load's content land again with the next run; return the load.

    Raises:
        UserError: it was not erased, or nothing can bring it back.

    """
    with workspace.writing(wait_s=_WAIT_S), open_ledger(workspace) as ledger:
        erasure = erasures.erasures(ledger).get(load_id)
        if erasure is None or erasure["restored_at"] is not None:
            raise UserError(f"load {load_id} is not erased; `anfl loads` lists what is")
        if load_id in _live(ledger):
            raise UserError(
                f"load {load_id} came from a running system, which is not asked again for what it "
                "told: nothing brings it back"
            )
        erasures.restore(ledger, load_id, at=now)
        return next(load for load in ledger.loads() if load["load_id"] == load_id)


def _fault(ledger: Ledger, every: dict[int, Row], load_id: int) -> str | None:
    """Say why a load cannot be erased; None where it can."""
    load, taken = every.get(load_id), erasures.erasures(ledger)
    if load is None:
        return f"load {load_id}: there is none; `anfl loads` lists them"
    told = f"load {load_id} ({load['path']})"
    own = [each["load_id"] for each in taken.values() if each["erased_by"] == load_id]
    if own:
        return f"{told} has no rows: it erased load {own[0]}; see `anfl data restore-load`"
    if load["status"] == "staged":
        return f"{told} has not landed yet; `anfl run` settles what was interrupted"
    if load["status"] == "rejected":
        return f"{told} was rejected whole and has no rows in the lake"
    if load["status"] == "replaced":
        by = f"{told} was replaced by load {load['replaced_by']}; erase that one"
        return f"{told} is erased already" if load_id in taken else by
    first = _first_of_content(every, load)
    return f"{told} has the same content as load {first}; erase that one" if first else None


def _first_of_content(every: dict[int, Row], load: Row) -> int | None:
    """Return the load that brought the rows of a copy, None where it brought its own."""
    if load["accepted"]:
        return None
    same = ("feed", "content_sha256", "definition_sha256", "status")
    return min(
        (
            load_id
            for load_id, other in every.items()
            if load_id < load["load_id"] and all(other[name] == load[name] for name in same)
        ),
        default=None,
    )


def _doomed(workspace: Workspace, ledger: Ledger, every: dict[int, Row], load_id: int) -> Doomed:
    load = every[load_id]
    replays = replays_of(ledger, load["feed"]).get(load_id, ())
    ids = (load_id, *replays)
    path = workspace.table_path(load["entity"])
    superseded = sum(every[each]["superseded"] for each in ids)
    is_live = load_id in _live(ledger)
    return Doomed(
        load=load,
        replays=replays,
        row_count=lake_rows.count_of_loads(path, ids),
        dates=frozenset().union(*lake_rows.dates_of_loads(path, ids).values()),
        aside_count=_aside(ledger, load_id),
        superseded=superseded,
        land_again=_sharing(ledger, every, ids) if superseded and not is_live else (),
        is_live=is_live,
    )


def _sharing(ledger: Ledger, every: dict[int, Row], ids: Sequence[int]) -> tuple[int, ...]:
    """Return landed loads of the feed that share a day with these, the oldest first.

    Those before them held what was superseded; those after them must stay the last word.
    """
    day, other = LOAD_DATES.alias(), LOAD_DATES.alias()
    query = (
        select(other.c.load_id)
        .join(day, (day.c.entity == other.c.entity) & (day.c.date == other.c.date))
        .where(day.c.load_id.in_(ids), other.c.load_id.not_in(ids))
        .distinct()
        .order_by(other.c.load_id)
    )
    feed = every[ids[0]]["feed"]
    replays = origins(ledger, feed)
    return tuple(
        row["load_id"]
        for row in ledger.rows(query)
        if (load := every[row["load_id"]])["feed"] == feed
        and load["status"] == "landed"
        and load["accepted"]
        and row["load_id"] not in replays
    )


def _aside(ledger: Ledger, load_id: int) -> int:
    query = select(func.count().label("count")).where(
        QUARANTINE.c.load_id == load_id, is_standing()
    )
    return int(ledger.rows(query)[0]["count"])


def _live(ledger: Ledger) -> set[int]:
    return {row["load_id"] for row in ledger.rows(select(LIVE_LOADS.c.load_id))}


def _erase(place: Place, going: list[Doomed], reason: str) -> None:
    """Erase loads of one feed in one commit; the feed may be gone from the feeds file."""
    load = going[0].load
    feed = Feed(load["feed"], load["entity"], place.workspace.root, (), {}, Period(1, "day"))
    landing = Landing(
        landing_id=f"{feed.name}-{place.now:%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:6]}",
        feed=feed.name,
        source=load["source"],
        entity=load["entity"],
        definition_sha256=load["definition_sha256"],
        started_at=place.now,
        loads=tuple(_erasing(each, reason) for each in going),
        quarantined=pl.DataFrame(schema=SET_ASIDE),
    )
    leaving = Leaving(
        load_ids=tuple(load_id for each in going for load_id in each.load_ids),
        dates=frozenset().union(*(each.dates for each in going)),
    )
    nothing = pl.DataFrame(schema={**rows_schema(feed.entity), "load": LOAD})
    write(place, feed, landing, rows=nothing, leaving=leaving, beside=_beside(place, going, reason))


def _erasing(each: Doomed, reason: str) -> Load:
    path = f"erase/{each.load['load_id']}"
    told = f"takes back load {', '.join(map(str, each.load_ids))}"
    return Load(
        path=path,
        content_sha256=hashlib.sha256(path.encode()).hexdigest(),
        size_bytes=0,
        received=0,
        dates=each.dates,
        replaces=each.load_ids,
        message=f"{told}: {reason}" if reason else told,
    )


def _beside(place: Place, going: list[Doomed], reason: str) -> Beside:
    """Return what writes the erasures down with the loads that make them."""
    every = {load["load_id"]: load for load in place.ledger.loads(feed=going[0].load["feed"])}

    def beside(connection: Connection, erasing: Sequence[int]) -> None:
        erasures.record(
            connection,
            [
                Erasure(
                    load_id=load_id,
                    erased_by=by,
                    feed=every[load_id]["feed"],
                    content_sha256=every[load_id]["content_sha256"],
                    definition_sha256=every[load_id]["definition_sha256"],
                    reason=reason,
                    at=place.now,
                )
                for by, each in zip(erasing, going, strict=True)
                for load_id in each.load_ids
            ],
        )

    return beside
