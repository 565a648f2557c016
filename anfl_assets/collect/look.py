"""A first look at a file: does it open, and are the columns its feed reads there?"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from anfl_assets.collect.discover import FoundFile
from anfl_assets.collect.feed import Feed, Format
from anfl_assets.collect.read import batches, format_of
from anfl_assets.collect.shape.step import Origin, shaped


@dataclass(frozen=True)
class Look:
    """What a first look at a file found; a file without rows has no columns to show."""

    format: Format
    columns: tuple[str, ...]


def look_at(feed: Feed, found: FoundFile) -> Look:
    """Read and shape enough of a file to compare its columns with the feed's.

    JSON is read whole, since any record may be the one that has a column.

    Raises:
        SourceError: the file cannot be used as its feed says.
        SourceUnavailable: it is still being written or has gone.

    """
    form = feed.format or format_of(found)
    stretches = batches(feed, found)
    first = next(stretches, None)
    if form in (Format.JSON, Format.JSONL):
        deque(stretches, maxlen=0)
    if first is not None:
        # Only for what a step says of a source that is not as it expects.
        shaped(feed.shape, first, Origin(found.relative))
    columns = () if first is None else tuple(first.rows.columns)
    return Look(form, tuple(name for name in columns if not name.startswith("__")))
