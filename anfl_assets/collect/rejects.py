"""Source rows that cannot be used, as they stood."""

from __future__ import annotations

import polars as pl

from anfl_assets.collect.batch import BODY, LINE
from anfl_assets.collect.collected import REJECTS


def rejects_of(originals: pl.DataFrame, failed: pl.DataFrame) -> pl.DataFrame:
    """Return REJECTS for the rows that FAILURES name by position, one failure for each."""
    if not failed.height:
        return pl.DataFrame(schema=REJECTS)
    rows = originals[failed["row"]]
    told = {"rule": failed["rule"], "reason": failed["reason"]}
    return pl.DataFrame({"line": rows[LINE], **told, "body": bodies(rows)}, schema=REJECTS)


def bodies(originals: pl.DataFrame) -> pl.Series:
    """Return source rows as JSON texts: as they were read where that is kept, else by column."""
    if BODY in originals.columns:
        return originals[BODY]
    kinds = originals.schema
    named = [name for name in kinds if name != LINE and kinds[name] != pl.Binary]
    return originals.select(pl.struct(named).struct.json_encode()).to_series()
