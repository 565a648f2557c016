"""Running a suite with Great Expectations, and what each expectation gave.

Takes a frame that holds only the columns the suite reads. Results carry counts, never values: the
tables hold what customers wrote.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl

from anfl_assets.errors import QualityError
from anfl_assets.quality.rules import resolved
from anfl_assets.quality.suites import Expectation, Suite

# Great Expectations makes several copies of what it is given; a million rows at a time keep the
# whole landing below 2 GiB and cost nothing in speed.
CHUNK_ROWS = 1_000_000
_COUNTS_ONLY = {"result_format": "BASIC", "partial_unexpected_count": 0}


@dataclass(frozen=True)
class SuiteResult:
    """What one expectation gave over all rows; `kwargs` as in the suite, as JSON types."""

    rule: str
    expectation: str
    kwargs: dict[str, Any]
    severity: str
    success: bool
    element_count: int
    unexpected_count: int
    unexpected_pct: float


@dataclass(frozen=True)
class _Counted:
    elements: int = 0
    missing: int = 0
    unexpected: int = 0

    def __add__(self, other: _Counted) -> _Counted:
        return _Counted(
            self.elements + other.elements,
            self.missing + other.missing,
            self.unexpected + other.unexpected,
        )

    @property
    def unexpected_ratio(self) -> float:
        present = self.elements - self.missing
        return self.unexpected / present if present else 0.0


def prepare() -> None:
    """Load Great Expectations now (seconds), where waiting for it later would be worse."""
    with _quiet():
        import great_expectations as gx

        del gx


def run_suite(
    suite: Suite, frame: pl.DataFrame, *, given: Mapping[str, datetime]
) -> tuple[SuiteResult, ...]:
    """Run every expectation on `frame` (`rules.projected`), in the suite's order.

    Raises:
        QualityError: Great Expectations could not evaluate one of them.

    """
    totals = {item.rule: _Counted() for item in suite.expectations}
    with _quiet():
        for chunk in frame.iter_slices(CHUNK_ROWS):
            for rule, counted in _validated(suite, chunk, given).items():
                totals[rule] += counted
    return tuple(_result(item, totals[item.rule]) for item in suite.expectations)


def _validated(
    suite: Suite, chunk: pl.DataFrame, given: Mapping[str, datetime]
) -> dict[str, _Counted]:
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas(suite.entity).add_dataframe_asset(suite.entity)
    batch = asset.add_batch_definition_whole_dataframe("load").get_batch(
        batch_parameters={"dataframe": chunk.to_pandas()}
    )
    outcome = batch.validate(_native(suite, given), result_format=_COUNTS_ONLY)
    return dict(_counted(result) for result in outcome.results)


def _native(suite: Suite, given: Mapping[str, datetime]) -> Any:  # noqa: ANN401 - an ExpectationSuite, imported late
    import great_expectations as gx
    from great_expectations.expectations.registry import get_expectation_impl

    native = gx.ExpectationSuite(name=suite.entity)
    for item in suite.expectations:
        implementation = get_expectation_impl(item.type)
        kwargs = resolved(item.kwargs, given)
        native.add_expectation(
            implementation(**kwargs, severity=item.severity.value, meta={"rule": item.rule})
        )
    return native


def _counted(result: Any) -> tuple[str, _Counted]:  # noqa: ANN401 - an untyped result
    rule = str(result.expectation_config.meta["rule"])
    if result.exception_info.get("raised_exception") or "element_count" not in result.result:
        message = f"{rule}: Great Expectations could not evaluate it: {result.exception_info}"
        raise QualityError(message)
    found = result.result
    counted = _Counted(
        int(found["element_count"]), int(found.get("missing_count", 0)), found["unexpected_count"]
    )
    return rule, counted


def _result(item: Expectation, counted: _Counted) -> SuiteResult:
    return SuiteResult(
        rule=item.rule,
        expectation=item.type,
        kwargs={key: _plain(value) for key, value in item.kwargs.items()},
        severity=item.severity.value,
        success=counted.unexpected_ratio <= 1 - item.mostly,
        element_count=counted.elements,
        unexpected_count=counted.unexpected,
        unexpected_pct=100 * counted.unexpected_ratio,
    )


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Great Expectations from phoning home, drawing bars and logging on our streams."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    logging.getLogger("great_expectations").setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
