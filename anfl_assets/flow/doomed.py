"""What erasing loads would take with it, and which of them cannot be erased.

Reads the ledger and the lake and writes nothing; `erase.py` does it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import func, select

from anfl_assets.errors import UserError
from anfl_assets.flow import lake_rows
from anfl_assets.store import erasures
from anfl_assets.store.ledger import Ledger, Row
from anfl_assets.store.replays import is_standing, origins, replays_of
from anfl_assets.store.schema import LIVE_LOADS, LOAD_DATES, QUARANTINE
from anfl_assets.store.workspace import Workspace


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
    is_live = load_id in told_live(ledger)
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


def told_live(ledger: Ledger) -> set[int]:
    """Return the loads that running systems brought."""
    return {row["load_id"] for row in ledger.rows(select(LIVE_LOADS.c.load_id))}
