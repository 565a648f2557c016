"""Taking a wrong load back: its rows leave the lake, and their days are computed again.

An erasure is a landing without rows in the place of the load, so it is as safe against a crash as
any. What the load had superseded by its key does not come back: the lake has it no more.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

import polars as pl
from sqlalchemy import Connection

from anfl_assets.collect.collected import rows_schema
from anfl_assets.collect.feed import Feed
from anfl_assets.collect.organisation import Organisation
from anfl_assets.config.period import Period
from anfl_assets.errors import UserError
from anfl_assets.flow.doomed import Doomed, doomed, told_live
from anfl_assets.flow.lake_rows import Leaving
from anfl_assets.flow.landing import Place, write
from anfl_assets.flow.receive import LOAD, SET_ASIDE
from anfl_assets.flow.recover import recover_staged
from anfl_assets.store import erasures
from anfl_assets.store.erasures import Erasure
from anfl_assets.store.landings import Beside, Landing, Load
from anfl_assets.store.ledger import Row, open_ledger
from anfl_assets.store.workspace import Workspace

# A collector holds the folder for one commit at a time.
_WAIT_S = 20.0


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
        if load_id in told_live(ledger):
            raise UserError(
                f"load {load_id} came from a running system, which is not asked again for what it "
                "told: nothing brings it back"
            )
        erasures.restore(ledger, load_id, at=now)
        return next(load for load in ledger.loads() if load["load_id"] == load_id)


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
