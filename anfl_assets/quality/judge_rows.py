"""Holding a few rows to the row rules of their suite at once, before they are validated whole.

The rules are the suite's and their predicates those of `rules.py`; Great Expectations counts the
same rows again when they land. Critical expectations judge a load, not a row, and wait until then.
"""

from __future__ import annotations

from datetime import datetime

import polars as pl

from anfl_assets.quality import rules
from anfl_assets.quality.suites import Severity, load_suite

_JOIN = "; "


def broken_rules(entity: str, rows: pl.DataFrame, *, now: datetime) -> pl.DataFrame:
    """Say for each row which rules it breaks and why: `rule` and `reason`, null where it keeps all.

    Frame: `rows` has the canonical columns; one row is returned for each, several rules of one row
    joined by "; ".

    Raises:
        QualityError: the suite cannot be read or has a type without a predicate.

    """
    suite = load_suite(entity)
    given = rules.parameters(now)
    frame = rules.projected(rows, suite)
    judged = suite.of(Severity.WARNING)
    broken = frame.select(rules.breaks(item, given).alias(item.rule) for item in judged)
    # Most pulls break nothing, and are spared the words.
    if not any(column.any() for column in broken.iter_columns()):
        return pl.DataFrame(
            {
                name: pl.repeat(None, rows.height, dtype=pl.String, eager=True)
                for name in ("rule", "reason")
            }
        )
    told = broken.select(
        rule=_joined([(item.rule, item.rule) for item in judged]),
        reason=_joined([(item.rule, item.reason) for item in judged]),
    )
    return told.with_columns(pl.when(pl.col("rule") != "").then(pl.all()))


def _joined(texts: list[tuple[str, str]]) -> pl.Expr:
    parts = [pl.when(rule).then(pl.lit(text)) for rule, text in texts]
    return pl.concat_str(*parts, separator=_JOIN, ignore_nulls=True)
