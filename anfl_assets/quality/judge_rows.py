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
    judged = [(item, rules.breaks(item, given)) for item in suite.of(Severity.WARNING)]
    told = frame.select(
        rule=_joined([(breaks, item.rule) for item, breaks in judged]),
        reason=_joined([(breaks, item.reason) for item, breaks in judged]),
    )
    return told.with_columns(pl.when(pl.col("rule") != "").then(pl.all()))


def _joined(texts: list[tuple[pl.Expr, str]]) -> pl.Expr:
    parts = [pl.when(breaks).then(pl.lit(text)) for breaks, text in texts]
    return pl.concat_str(*parts, separator=_JOIN, ignore_nulls=True)
