"""By which method a metric's change falls into parts: chosen by what the metric is made of.

A percentile by exchanging distributions, a growth by its two sums, a rate per second by volumes, a
ratio by rate and mix, what has no whole as the mean of its subjects. No metric is named here, so
one that is added later is split as well.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from anfl_assets.analyze.contribution import Contribution, Ratio, of_means, of_ratios, of_sums
from anfl_assets.analyze.contribution_growth import of_growths, of_one_ratio
from anfl_assets.analyze.contribution_percentile import of_percentiles, percentile
from anfl_assets.catalog.model import Metric
from anfl_assets.flow.analysis.comparing import NothingToSplit, Observed, Window
from anfl_assets.flow.analysis.distributions import DISTRIBUTIONS, Counts
from anfl_assets.flow.analysis.subjects import WHOLE
from anfl_assets.report.published import Published

# What of the whole is no subject's: answers without a segment, or subjects that had too little
# evidence in this window and are judged over a longer one.
REST = "(rest)"
_SEED = 20_241_116
_PERCENTILE = re.compile(r"(\d+(?:\.\d+)?)th percentile")
_HUNDRED = {"%": 100.0}
# Sums of parts that differ from the whole by less differ by how doubles round.
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Split:
    """What it is a whole of, its value before and after, and the parts of its change."""

    whole: str
    ends: tuple[float, float]
    contributions: list[Contribution]


def split(published: Published, metric: Metric, before: Window, after: Window) -> Split:
    """Return the parts of the change between two windows.

    Raises:
        NothingToSplit: the change is no sum of anything that is kept.
    """
    share = _PERCENTILE.search(metric.statistic)
    if share is not None:
        return _of_percentile(published, metric, (before, after), float(share[1]) / 100.0)
    if metric.target.growth:
        return _of_growth(metric, before, after)
    wholes = (before.whole, after.whole)
    if wholes[0] is None or wholes[1] is None:
        return _of_mean(metric, before, after)
    return _of_ratio(metric, (before, after), (wholes[0], wholes[1]))


def _of_percentile(
    published: Published, metric: Metric, windows: tuple[Window, Window], share: float
) -> Split:
    if metric.metric_id not in DISTRIBUTIONS:
        raise NothingToSplit(
            f"{metric.metric_id}: a percentile cannot be taken apart, and what it was taken of is "
            "not kept"
        )
    counts: list[Counts] = [DISTRIBUTIONS[metric.metric_id](published, each) for each in windows]
    for window, found in zip(windows, counts, strict=True):
        if not any(found.values()):
            raise NothingToSplit(_no_value(metric, window))
    before, after = counts
    ends = (percentile(before, share=share), percentile(after, share=share))
    return Split(WHOLE, ends, of_percentiles(before, after, share=share, seed=_SEED))


def _of_growth(metric: Metric, before: Window, after: Window) -> Split:
    """Split a growth into its two sums; that of several subjects is the mean of theirs."""
    scale = _HUNDRED.get(metric.unit.value, 1.0)
    has_parts = bool(before.parts) and bool(after.parts)
    sides = [
        {
            name: _growth(each, scale)
            for name, each in (window.parts if has_parts else window.subjects).items()
            if each.value is not None and each.ratio is not None
        }
        for window in (before, after)
    ]
    for window, side in zip((before, after), sides, strict=True):
        if not side:
            raise NothingToSplit(_no_value(metric, window))
    first, last = sides
    ends = (_mean_growth(first, scale), _mean_growth(last, scale))
    if has_parts:
        return Split(_mean_of(len(last)), ends, of_growths(first, last, scale=scale))
    return Split(WHOLE, ends, of_one_ratio(WHOLE, first[WHOLE], last[WHOLE], scale=scale))


def _growth(each: Observed, scale: float) -> Ratio:
    """Return the two sums a growth compares, the newer one at the older one's length."""
    if each.value is None or not each.denominator:
        raise NothingToSplit(f"{each.subject}: no growth")
    return Ratio((each.value / scale + 1.0) * each.denominator, each.denominator)


def _mean_growth(side: Mapping[str, Ratio], scale: float) -> float:
    return scale * sum(newer / older - 1.0 for newer, older in side.values()) / len(side)


def _of_mean(metric: Metric, before: Window, after: Window) -> Split:
    sides = [
        {name: each.value for name, each in window.parts.items() if each.value is not None}
        for window in (before, after)
    ]
    for window, side in zip((before, after), sides, strict=True):
        if not side:
            raise NothingToSplit(_no_value(metric, window))
    first, last = sides
    # Means of other things are no change of anything.
    if first.keys().isdisjoint(last):
        raise NothingToSplit(
            f"{metric.metric_id}: no subject has a value in both windows, which ended "
            f"{before.end_at:%Y-%m-%d %H:%M} and {after.end_at:%Y-%m-%d %H:%M} UTC; "
            "compare other moments"
        )
    ends = (sum(first.values()) / len(first), sum(last.values()) / len(last))
    return Split(_mean_of(len(last)), ends, of_means(first, last))


def _of_ratio(
    metric: Metric, windows: tuple[Window, Window], wholes: tuple[Observed, Observed]
) -> Split:
    ratios = []
    for window, whole in zip(windows, wholes, strict=True):
        if whole.value is None:
            raise NothingToSplit(_no_value(metric, window))
        if whole.ratio is None:
            raise NothingToSplit(
                f"{metric.metric_id}: its value is no ratio and no sum: it has no parts that add up"
            )
        ratios.append(whole.ratio)
    scale = _HUNDRED.get(metric.unit.value, 1.0)
    first, last = ratios
    ends = (_scaled(first, scale), _scaled(last, scale))
    if not any(window.parts for window in windows):
        return Split(WHOLE, ends, of_one_ratio(WHOLE, first, last, scale=scale))
    parts = [_parts(*each) for each in zip(windows, wholes, strict=True)]
    if metric.unit.value.endswith("/s"):
        return Split(WHOLE, ends, of_sums(_amounts(parts[0], first), _amounts(parts[1], last)))
    sides = (_with_rest(parts[0], first), _with_rest(parts[1], last))
    return Split(WHOLE, ends, of_ratios(*sides, scale=scale))


def _scaled(ratio: Ratio, scale: float) -> float:
    return scale * ratio.numerator / ratio.denominator


def _parts(window: Window, whole: Observed) -> Mapping[str, Ratio]:
    """Return the parts over the whole's own window: one that widened is not of it."""
    return {
        name: each.ratio
        for name, each in window.parts.items()
        if each.ratio is not None and each.window_start_at == whole.window_start_at
    }


def _amounts(parts: Mapping[str, Ratio], whole: Ratio) -> Mapping[str, float]:
    """Return each part's amount in the length of the whole's window, and what no part has."""
    amounts = {name: part.numerator / whole.denominator for name, part in parts.items()}
    rest = whole.numerator / whole.denominator - sum(amounts.values())
    is_there = abs(rest) > _ROUNDING * abs(whole.numerator / whole.denominator)
    return amounts | {REST: rest} if is_there else amounts


def _with_rest(parts: Mapping[str, Ratio], whole: Ratio) -> Mapping[str, Ratio]:
    """Return the parts and what of the whole is no part's."""
    rest = Ratio(*(all_ - sum(each) for all_, each in zip(whole, _columns(parts), strict=True)))
    is_there = any(
        abs(left) > _ROUNDING * abs(all_) for left, all_ in zip(rest, whole, strict=True)
    )
    return {**parts, REST: rest} if is_there else parts


def _columns(parts: Mapping[str, Ratio]) -> tuple[list[float], list[float]]:
    ratios = parts.values()
    return [each.numerator for each in ratios], [each.denominator for each in ratios]


def _mean_of(count: int) -> str:
    return f"mean of {count} subjects"


def _no_value(metric: Metric, window: Window) -> str:
    return (
        f"{metric.metric_id}: no value for the {window.grain} that ended "
        f"{window.end_at:%Y-%m-%d %H:%M} UTC: too little evidence to compare"
    )
