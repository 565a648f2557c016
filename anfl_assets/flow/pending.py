"""Which of a feed's files are still to be landed, and which earlier loads they take the place of.

Content decides, not the file's name or age: the same bytes land once per feed. A feed without a key
cannot tell a corrected row from a further one, so there a changed file replaces its earlier self;
and where the feed's definition has changed, every file is read again as it is understood now.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from anfl_assets.collect.discover import FoundFile
from anfl_assets.collect.feed import Feed
from anfl_assets.collect.organisation import Organisation
from anfl_assets.store.spool import Note

# How much is held in memory at once, in bytes of text; compressed files and Parquet unfold.
BATCH_BYTES = 256 << 20
_UNFOLDS = 8
_PACKED = (".gz", ".zst", ".parquet")


@dataclass(frozen=True)
class Pending:
    """Something to land, mostly a file.

    `twin_of` names the load that has its content already under another path; `note` is there for
    what came from a running system. `known` counts rows left out because a later load had told of
    them; `remark` says in words why it is landed, where that is not plain.
    """

    found: FoundFile
    content_sha256: str
    replaces: tuple[int, ...] = ()
    replaces_rejected: tuple[int, ...] = ()
    twin_of: int | None = None
    note: Note | None = None
    known: int = 0
    remark: str | None = None


def definition_sha256(feed: Feed, organisation: Organisation) -> str:
    """Return a hash of everything that decides what a file's rows become."""
    parts = (
        feed.entity,
        sorted(feed.columns.items()),
        feed.format,
        feed.delimiter,
        feed.encoding,
        feed.header,
        feed.header_rows,
        feed.records,
        feed.sheet,
        feed.samples,
        feed.nulls,
        feed.where,
        feed.key,
        feed.shape,
        feed.connector,
        organisation.currency if feed.entity == "orders" else None,
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def pending(
    files: Sequence[tuple[FoundFile, str]],
    loads: Iterable[Mapping[str, Any]],
    *,
    definition: str,
    has_key: bool,
) -> list[Pending]:
    """Return what is to be landed of `files` (each with its content's hash), in their order.

    `loads` are the feed's loads; replaced ones are ignored.
    """
    current = [load for load in loads if load["status"] in ("landed", "rejected")]
    by_path: dict[str, list[Mapping[str, Any]]] = {}
    for load in current:
        by_path.setdefault(load["path"], []).append(load)
    moved = _moved(files, current, definition)

    def outdated(path: str, content: str) -> list[Mapping[str, Any]]:
        here = by_path.get(path, [])
        if any(_is(load, content, definition) for load in here):
            return []
        return [
            load
            for load in here
            if load["definition_sha256"] != definition
            or (load["content_sha256"] != content and not has_key)
        ] + moved.pop(content, [])

    replaced = [outdated(found.relative, content) for found, content in files]
    leaving = {load["load_id"] for old in replaced for load in old}
    known: dict[str, int | None] = {
        load["content_sha256"]: load["load_id"]
        for load in current
        if load["definition_sha256"] == definition and load["load_id"] not in leaving
    }
    chosen = []
    for (found, content), old in zip(files, replaced, strict=True):
        if content in known and not old:
            continue
        chosen.append(_pending(found, content, old, known.get(content)))
        known.setdefault(content, None)
    return chosen


def _moved(
    files: Sequence[tuple[FoundFile, str]], current: Iterable[Mapping[str, Any]], definition: str
) -> dict[str, list[Mapping[str, Any]]]:
    """Return loads of another definition whose file has gone from its path, by their content.

    Where the content is found under another path the file was renamed, and what it brought under
    its old name must leave with the old definition.
    """
    paths = {found.relative for found, _ in files}
    moved: dict[str, list[Mapping[str, Any]]] = {}
    for load in current:
        if load["definition_sha256"] != definition and load["path"] not in paths:
            moved.setdefault(load["content_sha256"], []).append(load)
    return moved


def _is(load: Mapping[str, Any], content: str, definition: str) -> bool:
    return bool(load["content_sha256"] == content and load["definition_sha256"] == definition)


def with_replays(
    chosen: Iterable[Pending], replays: Mapping[int, tuple[int, ...]]
) -> list[Pending]:
    """Let what takes the place of a load take that of its `replays` too: it brings those rows."""
    return [
        replace(
            item,
            replaces=(
                *item.replaces,
                *(replay for load in item.replaces for replay in replays.get(load, ())),
            ),
        )
        for item in chosen
    ]


def batches(chosen: Iterable[Pending]) -> Iterator[list[Pending]]:
    """Yield files in groups that fit into memory together; a larger file stands alone."""
    batch: list[Pending] = []
    weight = 0
    for item in chosen:
        size = item.found.size
        size *= _UNFOLDS if item.found.path.suffix.lower() in _PACKED else 1
        if batch and weight + size > BATCH_BYTES:
            yield batch
            batch, weight = [], 0
        batch.append(item)
        weight += size
    if batch:
        yield batch


def _pending(
    found: FoundFile, content: str, old: list[Mapping[str, Any]], twin_of: int | None
) -> Pending:
    landed = [load["load_id"] for load in old if load["status"] == "landed"]
    rejected = [load["load_id"] for load in old if load["status"] == "rejected"]
    return Pending(found, content, tuple(landed), tuple(rejected), twin_of)
