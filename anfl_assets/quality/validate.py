"""Splitting rows into accepted ones and rejected ones with reasons.

Great Expectations decides on the whole; the same suite file names the rows. A load of which a
critical expectation breaks is rejected whole: its good rows cannot be told from bad ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from anfl_assets.errors import QualityError
from anfl_assets.frames import TABLES
from anfl_assets.quality import rules
from anfl_assets.quality.expect import SuiteResult, run_suite
from anfl_assets.quality.suites import Expectation, Severity, Suite, load_suite

_RULES, _REASONS = "__rules__", "__reasons__"
_JOIN = "; "


@dataclass(frozen=True)
class Validated:
    """Rows judged: received rows = accepted + rejected.

    `accepted` has the columns received; `rejected` has `load`, `line`, `rule`, `reason` and `body`
    (the canonical columns as JSON), several reasons of one row joined by "; ". `blocked` tells for
    each load rejected whole why.
    """

    accepted: pl.DataFrame
    rejected: pl.DataFrame
    blocked: Mapping[int, str]
    results: tuple[SuiteResult, ...]


def validate(entity: str, rows: pl.DataFrame, *, now: datetime) -> Validated:
    """Hold canonical rows to their suite; nothing received is lost.

    Frame: `rows` has the canonical columns, `line` and `load` (which file a row is of).

    Raises:
        QualityError: the suite cannot be read or run, or its two readings disagree.

    """
    suite = load_suite(entity)
    given = rules.parameters(now)
    frame = rules.projected(rows, suite)
    results = run_suite(suite, frame, given=given) if rows.height else ()
    broken = frame.select(rules.breaks(item, given).alias(item.rule) for item in suite.expectations)
    _require_agreement(results, broken)
    blocked = _blocked(suite, frame, broken.with_columns(rows["load"]))
    is_bad = _any_broken(suite, broken) | rows["load"].is_in(list(blocked))
    rejected = _rejected(suite, rows.filter(is_bad), broken.filter(is_bad), blocked)
    return Validated(
        rows.filter(~is_bad),
        rejected,
        {load: item.reason for load, item in blocked.items()},
        results,
    )


def _any_broken(suite: Suite, broken: pl.DataFrame) -> pl.Series:
    names = [item.rule for item in suite.of(Severity.WARNING)]
    return broken.select(pl.any_horizontal(pl.lit(value=False), *names).alias("bad"))["bad"]


def _blocked(suite: Suite, frame: pl.DataFrame, broken: pl.DataFrame) -> dict[int, Expectation]:
    """Return for each load the first critical expectation it breaks by more than it may."""
    blocked: dict[int, Expectation] = {}
    for item in suite.of(Severity.CRITICAL):
        if not broken[item.rule].any():
            continue
        shares = (
            broken.select("load", item.rule, present=_present(item, frame))
            .group_by("load")
            .agg(share=pl.col(item.rule).sum() / pl.col("present").sum())
            .filter(pl.col("share") > 1 - item.mostly)
        )
        for load in shares["load"]:
            blocked.setdefault(load, item)
    return blocked


def _present(item: Expectation, frame: pl.DataFrame) -> pl.Series:
    if item.type == "expect_column_values_to_not_be_null":
        return pl.Series("present", [True]).new_from_index(0, frame.height)
    return frame.select(
        pl.all_horizontal(pl.col(name).is_not_null() for name in item.columns).alias("present")
    )["present"]


def _require_agreement(results: tuple[SuiteResult, ...], broken: pl.DataFrame) -> None:
    """Refuse to go on where Great Expectations counts other rows than the predicates name."""
    for result in results:
        named = int(broken[result.rule].sum())
        if named != result.unexpected_count:
            message = (
                f"{result.rule}: Great Expectations counts {result.unexpected_count} rows, "
                f"its predicate names {named}; the suite's type needs the same meaning in both"
            )
            raise QualityError(message)


def _rejected(
    suite: Suite, rows: pl.DataFrame, broken: pl.DataFrame, blocked: Mapping[int, Expectation]
) -> pl.DataFrame:
    warnings = suite.of(Severity.WARNING)
    whole = {load: item.rule for load, item in blocked.items()}
    why = {load: f"whole load rejected: {item.reason}" for load, item in blocked.items()}
    body = pl.struct(TABLES[suite.entity].schema.names()).struct.json_encode()
    return rows.with_columns(
        broken.select(
            _joined([(item.rule, item.rule) for item in warnings]).alias(_RULES),
            _joined([(item.rule, item.reason) for item in warnings]).alias(_REASONS),
        )
    ).select(
        "load",
        "line",
        rule=_first(whole, _RULES),
        reason=_first(why, _REASONS),
        body=body,
    )


def _joined(texts: list[tuple[str, str]]) -> pl.Expr:
    parts = [pl.when(rule).then(pl.lit(text)) for rule, text in texts]
    return pl.concat_str(*parts, separator=_JOIN, ignore_nulls=True)


def _first(told: Mapping[int, str], otherwise: str) -> pl.Expr:
    by_load = pl.col("load").replace_strict(
        list(told), list(told.values()), default=None, return_dtype=pl.String
    )
    return pl.coalesce(by_load, otherwise)
