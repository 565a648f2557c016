"""What the name of a file says: whether it is an origin's rotation, or may be a copy of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import PurePosixPath

from anfl_assets.collect.connect.tail_cursor import Cursor
from anfl_assets.collect.connect.tail_files import Seen

# What rotation puts behind a name: gateway.jsonl.1, gateway.jsonl-20260101.gz, gateway.jsonl.old.
# Where the service made the next file before logrotate did, that moves it aside, as
# gateway.jsonl-2026010112.backup.
_ROTATION = re.compile(r"[.\-_~](\d[\dTZ.:_+-]*(backup)?|old|bak)(\.gz)?")


def is_rotation(name: str, origin: str) -> bool:
    """Whether a file is named as rotation names what it takes from an origin."""
    return name.startswith(origin) and _ROTATION.fullmatch(name, len(origin)) is not None


def is_kin(name: str, origin: str) -> bool:
    """Whether a file is in the origin's folder and its name begins alike."""
    folder, stem = _begin(origin)
    path = PurePosixPath(name)
    return path.parent == folder and path.name.startswith(stem)


def first_name(name: str, origins: Iterable[str]) -> str:
    """Return the name a matched file had before it was rotated; its own where it seems not to be.

    Of names without suffix that cannot be told: `gateway-2` may be another service's.
    """
    known = [
        origin for origin in origins if PurePosixPath(origin).suffix and is_rotation(name, origin)
    ]
    return min(known, key=len, default=name)


def concern(cursor: Cursor) -> Callable[[Seen], bool]:
    """Return what tells whether a file can be one of those followed, by name or identity."""
    stems: dict[PurePosixPath, tuple[str, ...]] = {}
    for folder, stem in map(_begin, cursor.origins):
        stems[folder] = (*stems.get(folder, ()), stem)
    identities = {followed.identity for followed in cursor.files}

    def is_of_concern(seen: Seen) -> bool:
        path = PurePosixPath(seen.relative)
        is_named = path.name.startswith(stems.get(path.parent, ()))
        return is_named or seen.is_matched or seen.identity in identities

    return is_of_concern


def _begin(origin: str) -> tuple[PurePosixPath, str]:
    path = PurePosixPath(origin)
    return path.parent, path.name.partition(".")[0]
