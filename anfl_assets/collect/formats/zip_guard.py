"""Refusing archives that unpack to far more than they are: workbooks are zip files.

Sizes are measured by unpacking and throwing away, since those an archive states may lie.
"""

from __future__ import annotations

import copy
import zipfile
import zlib
from typing import BinaryIO

from anfl_assets.errors import SourceError

MOST_MEMBERS = 10_000
MOST_BYTES = 512 << 20
HIGHEST_RATIO = 100
# Below this, no ratio is dangerous.
_HARMLESS_BYTES = 8 << 20
_BLOCK = 1 << 20


def require_harmless(
    file: BinaryIO,
    *,
    what: str,
    most_bytes: int = MOST_BYTES,
) -> None:
    """Check an archive's number of members, unpacked size and ratio; `file` is read from anywhere.

    Raises:
        SourceError: it is beyond one of the limits, or its members are encrypted.
        zipfile.BadZipFile: it is no archive, or damaged.

    """
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        if len(members) > MOST_MEMBERS:
            msg = f"{what}: {len(members):,} files inside the workbook; at most {MOST_MEMBERS:,}"
            raise SourceError(msg)
        packed = sum(member.compress_size for member in members)
        limit = min(most_bytes, max(HIGHEST_RATIO * packed, _HARMLESS_BYTES))
        unpacked = 0
        for member in members:
            unpacked += _unpacked_size(archive, member, limit - unpacked, what=what)


def _unpacked_size(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, limit: int, *, what: str
) -> int:
    honest = copy.copy(member)
    honest.file_size = max(member.file_size, limit + 1)
    size = 0
    try:
        with archive.open(honest) as stream:
            while block := stream.read(_BLOCK):
                size += len(block)
                if size > limit:
                    msg = (
                        f"{what}: the workbook unpacks to more than it should (over "
                        f"{HIGHEST_RATIO} times its size, or over {MOST_BYTES >> 20} MiB); refused"
                    )
                    raise SourceError(msg)
    except (zlib.error, EOFError) as error:
        told = f"{member.filename}: {error}"
        raise zipfile.BadZipFile(told) from error
    except (RuntimeError, NotImplementedError) as error:
        msg = f"{what}: the workbook cannot be opened: {error}"
        raise SourceError(msg) from error
    return size
