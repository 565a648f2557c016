"""Files of metrics in exposition text (Prometheus, OpenMetrics): rows as the feed's `samples` says.

A row's number stands for a line, since it is made of many.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from anfl_assets.collect.batch import LINE, Batch, unsplit_frame
from anfl_assets.collect.discover import FoundFile
from anfl_assets.collect.feed import Feed
from anfl_assets.collect.formats.header import require_columns
from anfl_assets.collect.formats.samples import sample_rows
from anfl_assets.collect.formats.unpack import text_blocks
from anfl_assets.errors import SourceError


def read_openmetrics(feed: Feed, found: FoundFile) -> Iterator[Batch]:
    """Yield the file's rows as one batch.

    Raises:
        SourceError: a line is no sample, encoding or archive are not as the feed says, or the feed
            names a column that its `samples` does not make.
        SourceUnavailable: still being written or gone.

    """
    if feed.samples is None:
        msg = f"{found.relative}: feed {feed.name} does not say its `samples`"
        raise SourceError(msg)
    require_columns(feed, feed.samples.columns, where=found.relative)
    text = b"".join(text_blocks(found, feed.encoding)).decode()
    try:
        rows = sample_rows(text, feed.samples)
    except SourceError as error:
        msg = f"{found.relative}: {error}"
        raise SourceError(msg) from error
    ordinal = pl.int_range(1, rows.height + 1, dtype=pl.Int64, eager=True)
    yield Batch(rows.with_columns(ordinal.alias(LINE)), unsplit_frame([]))
