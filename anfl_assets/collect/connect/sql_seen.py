"""What a pull remembers of the rows it handed on, and its cursor as JSON text.

Rows near the end of the last page are read again, since others may have been committed late among
them; the digests tell which were handed on before. Equal rows are numbered, so two alike are two.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import polars as pl

_BYTES = 8
_SEPARATOR, _NULL = "\x1f", "\x00"


@dataclass(frozen=True)
class Place:
    """Where the next pull goes on.

    Rows whose `by` column is `since` or more are asked for; None asks from the beginning. `columns`
    are those the digests were made of: `seen` of the rows handed on, `told` of those refused for
    what stands in their cursor column.
    """

    by: str | None
    since: str | None = None
    columns: tuple[str, ...] = ()
    seen: frozenset[bytes] = frozenset()
    told: frozenset[bytes] = frozenset()

    def as_json(self) -> str:
        """Return it as the cursor that is kept with the rows."""
        return json.dumps(
            {
                "by": self.by,
                "since": self.since,
                "columns": self.columns,
                "seen": _packed(self.seen),
                "told": _packed(self.told),
            }
        )


def place_of(cursor: str | None, by: str | None) -> Place:
    """Read a cursor; one of another cursor column begins anew."""
    if cursor is None:
        return Place(by)
    told = json.loads(cursor)
    if told["by"] != by:
        return Place(by)
    return Place(
        by,
        told["since"],
        tuple(told["columns"]),
        _unpacked(told["seen"]),
        _unpacked(told["told"]),
    )


def digests(rows: pl.DataFrame, columns: Sequence[str]) -> list[bytes]:
    """Return a digest of each row's texts in these columns; the second of two alike has its own."""
    known = [name for name in columns if name in rows.columns]
    if not known or not rows.height:
        return []
    parts = [pl.col(name).cast(pl.String).fill_null(_NULL) for name in known]
    joined = rows.select(pl.concat_str(parts, separator=_SEPARATOR).alias("text"))
    numbered = joined.select(
        pl.concat_str(
            ["text", pl.int_range(pl.len()).over("text").cast(pl.String)], separator=_SEPARATOR
        )
    )
    return [blake2b(text.encode(), digest_size=_BYTES).digest() for text in numbered.to_series()]


def _packed(found: Iterable[bytes]) -> str:
    return base64.b64encode(b"".join(sorted(found))).decode()


def _unpacked(text: str) -> frozenset[bytes]:
    content = base64.b64decode(text)
    return frozenset(content[at : at + _BYTES] for at in range(0, len(content), _BYTES))
