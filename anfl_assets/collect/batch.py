"""One stretch of a file, split into records but not yet understood.

Readers yield batches so that a file of any size needs memory for its canonical rows and one
batch of source text only.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from anfl_assets.collect.collected import REJECTS

# Beside the source columns: where the row began, and (JSON Lines only) the text it was read from.
LINE = "__line__"
BODY = "__body__"


@dataclass(frozen=True)
class Batch:
    """Source rows (their columns, LINE, perhaps BODY) and the records that could not be split."""

    rows: pl.DataFrame
    rejects: pl.DataFrame


@dataclass(frozen=True)
class Unsplit:
    """A record that could not be split, as it stood in the file."""

    line: int
    rule: str
    reason: str
    text: str


def unsplit_frame(records: Sequence[Unsplit]) -> pl.DataFrame:
    """Return the records as rejects; the body keeps the raw text under `text`."""
    return pl.DataFrame(
        [
            (record.line, record.rule, record.reason, json.dumps({"text": record.text}))
            for record in records
        ],
        schema=REJECTS,
        orient="row",
    )
