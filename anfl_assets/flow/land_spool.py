"""Landing what was spooled of a feed: every whole segment is a load, all of them one commit.

A segment goes only after its load has been settled; one whose load is in the ledger already was
left by a crash in between and goes unread. Nothing lands twice, nothing goes before it has landed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from anfl_assets.collect.discover import FoundFile
from anfl_assets.collect.feed import Feed
from anfl_assets.errors import LandingError
from anfl_assets.flow.crash import crash_point
from anfl_assets.flow.landing import Place, land_received
from anfl_assets.flow.pending import Pending
from anfl_assets.flow.receive import LOAD, SET_ASIDE, Received
from anfl_assets.flow.spooled import good_rows, refused_rows, spooled_schema
from anfl_assets.store import live_loads
from anfl_assets.store.landings import Load
from anfl_assets.store.spool import Segment, read_segment, remove_segment
from anfl_assets.store.tidy import RAW, tidy


def land_segments(place: Place, feed: Feed, paths: Sequence[Path]) -> tuple[Load, ...]:
    """Land these segments, oldest first, none of which is still written; remove them.

    Raises:
        WorkspaceError: no space left; the segments stay.
        LandingError: the lake refused the commit; the segments stay.
        QualityError: the table's suite cannot run.

    """
    segments = _left_to_land(place, feed, paths)
    if not segments:
        return ()
    # Rows were judged when they were polled: a clock that went back since must not refuse them.
    told_at = max(segment.note.polled_at for segment, _ in segments)
    at = replace(place, now=max(place.now, told_at))
    loads = land_received(at, feed, _received(feed, segments)).loads
    crash_point("after_settle")
    for segment, _ in segments:
        remove_segment(segment.path)
    live_loads.forget_idle(place.ledger, feed.name)
    if any(load.accepted for load in loads):
        path = place.workspace.table_path(feed.entity)
        tidy(path, RAW, metadata={"tidied_after": feed.name})
    return loads


def _left_to_land(place: Place, feed: Feed, paths: Sequence[Path]) -> list[tuple[Segment, str]]:
    """Return segments with the hash of their bytes; remove those that landed or hold nothing."""
    found = [(read_segment(path), path) for path in paths]
    whole: list[tuple[Segment, str]] = []
    for segment, path in found:
        if segment is None:
            remove_segment(path)
        else:
            whole.append((segment, hashlib.sha256(path.read_bytes()).hexdigest()))
    landed = live_loads.landed_segments(place.ledger, feed.name, [sha for _, sha in whole])
    left = []
    for segment, sha in whole:
        if (live_loads.segment_path(segment.name), sha) in landed:
            remove_segment(segment.path)
        else:
            left.append((segment, sha))
    return left


def _received(feed: Feed, segments: Sequence[tuple[Segment, str]]) -> Received:
    rows, refused = [], [pl.DataFrame(schema=SET_ASIDE)]
    for position, (segment, _) in enumerate(segments):
        if segment.rows.columns != spooled_schema(feed.entity).names():
            raise LandingError(
                f"{segment.path}: was spooled when {feed.name} brought another table than "
                f"{feed.entity}; give the changed feed another name and this one its old entity"
            )
        load = pl.lit(position, LOAD)
        rows.append(good_rows(segment.rows, feed.entity).with_columns(load=load))
        aside = refused_rows(segment.rows).with_columns(load=load)
        refused.append(aside.select(SET_ASIDE.names()))
    return Received(
        rows=pl.concat(rows),
        refused=pl.concat(refused),
        files=[_pending(segment, sha) for segment, sha in segments],
        received=[segment.rows.height for segment, _ in segments],
        filtered=[0] * len(segments),
    )


def _pending(segment: Segment, sha: str) -> Pending:
    state = segment.path.stat()
    found = FoundFile(
        live_loads.segment_path(segment.name), segment.path, state.st_size, state.st_mtime_ns
    )
    return Pending(found, sha, note=segment.note)
