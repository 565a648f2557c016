"""A mean over other subjects than before is no change that parts could add up to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast

import pytest

from anfl_assets.catalog import load_catalog
from anfl_assets.flow.analysis.comparing import NothingToSplit, Observed, Window
from anfl_assets.flow.analysis.splitting import split

if TYPE_CHECKING:
    from anfl_assets.report.published import Published

_NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
_LENGTH = timedelta(minutes=5)


def _window(end_at: datetime, values: dict[str, float]) -> Window:
    start_at = end_at - _LENGTH
    subjects = {name: Observed(name, start_at, value, None, None) for name, value in values.items()}
    return Window("5 minutes", start_at, end_at, subjects)


def _split(before: dict[str, float], after: dict[str, float]) -> tuple[float, float]:
    metric = load_catalog().metric("resource_utilization")
    windows = _window(_NOON, before), _window(_NOON + timedelta(days=1), after)
    return split(cast("Published", None), metric, *windows).ends


def test_means_of_windows_that_share_a_subject_are_compared() -> None:
    assert _split({"a/cpu": 40.0, "b/cpu": 60.0}, {"b/cpu": 70.0}) == (50.0, 70.0)


def test_means_of_windows_that_share_no_subject_are_not_compared() -> None:
    with pytest.raises(NothingToSplit, match="no subject has a value in both windows"):
        _split({"a/cpu": 40.0}, {"vm/cpu": 70.0})
