"""Reading one file of a feed from its bytes to canonical rows.

The only entry point that the rest of the project needs; a format's own code lives in
`formats/`, what becomes of its source rows in `mapping.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import polars as pl

from anfl_assets.collect.batch import Batch
from anfl_assets.collect.collected import REJECTS, Collected, rows_schema
from anfl_assets.collect.discover import FoundFile
from anfl_assets.collect.feed import SUFFIXES, Feed, Format
from anfl_assets.collect.formats.access_log import read_access_log
from anfl_assets.collect.formats.csv import read_csv
from anfl_assets.collect.formats.excel import read_excel
from anfl_assets.collect.formats.json import read_json, read_jsonl
from anfl_assets.collect.formats.openmetrics import read_openmetrics
from anfl_assets.collect.formats.parquet import read_parquet
from anfl_assets.collect.formats.unpack import COMPRESSED
from anfl_assets.collect.mapping import Mapping
from anfl_assets.collect.organisation import Organisation
from anfl_assets.collect.shape.step import Origin, shaped
from anfl_assets.errors import SourceError

_READERS: dict[Format, Callable[[Feed, FoundFile], Iterator[Batch]]] = {
    Format.PARQUET: read_parquet,
    Format.EXCEL: read_excel,
    Format.ACCESS_LOG: read_access_log,
    Format.OPENMETRICS: read_openmetrics,
    Format.JSON: read_json,
    Format.JSONL: read_jsonl,
}


def read_feed_file(
    feed: Feed,
    found: FoundFile,
    *,
    now: datetime,
    organisation: Organisation,
) -> Collected:
    """Read a file as its feed declares; an empty file gives no rows.

    Raises:
        SourceError: the file cannot be used as the feed says (header, encoding, truncated).
        SourceUnavailable: it is still being written or has gone.

    """
    mapping = Mapping(feed, organisation, now)
    origin = Origin(found.relative)
    rows = [pl.DataFrame(schema=rows_schema(feed.entity))]
    rejects = [pl.DataFrame(schema=REJECTS)]
    filtered = 0
    for batch in batches(feed, found):
        mapped = mapping.apply(shaped(feed.shape, batch, origin))
        rows.append(mapped.rows)
        rejects.append(mapped.rejects)
        filtered += mapped.filtered
    kept = pl.concat(rows, rechunk=False)
    refused = pl.concat(rejects, rechunk=False)
    return Collected(kept, refused.sort("line"), kept.height + refused.height, filtered)


def batches(feed: Feed, found: FoundFile) -> Iterator[Batch]:
    """Yield the file's source rows, split but not mapped.

    Raises:
        SourceError: as `read_feed_file`; also when the file's suffix names no known format.

    """
    form = feed.format or format_of(found)
    if form in _READERS:
        return _READERS[form](feed, found)
    return read_csv(feed, found, feed.delimiter or ("\t" if form is Format.TSV else ","))


def format_of(found: FoundFile) -> Format:
    """Return the format that the file's suffix names, below .gz or .zst.

    Raises:
        SourceError: the suffix names none.

    """
    suffixes = [suffix.lower() for suffix in found.path.suffixes if suffix not in COMPRESSED]
    form = SUFFIXES.get(suffixes[-1]) if suffixes else None
    if form is None:
        msg = (
            f"{found.relative}: the name does not say the format; give the feed "
            f"`format:` one of {', '.join(Format)}"
        )
        raise SourceError(msg)
    return form
