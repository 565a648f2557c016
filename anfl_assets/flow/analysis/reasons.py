"""Verdicts in words: the numbers a person needs to believe or to doubt one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from anfl_assets.analyze.correlation import FALSE_SHARE, LEAST_R, Pair
from anfl_assets.analyze.correlation import LEAST_POINTS as LEAST_PAIRS
from anfl_assets.analyze.trend import LEAST_POINTS, Sense, Trend, least_change
from anfl_assets.report.trends import difference_unit
from anfl_assets.wording.numbers import change, counted, quantity, span

if TYPE_CHECKING:
    from anfl_assets.flow.analysis.subjects import Subject
    from anfl_assets.flow.analysis.trends import Window


def trend_reason(trend: Trend, window: Window, subject: Subject, sense: Sense) -> str:
    """Say why a trend is what it is."""
    unit = difference_unit(subject.metric.unit.value)
    length = span(window.span.end - window.span.start)
    if trend.verdict == "insufficient":
        return _too_few(trend, window, length)
    if trend.is_constant:
        return f"the same value in all {counted(trend.points, 'window', 'windows')} of {length}"
    told = f"{change(trend.change, unit)} over {length}"
    if trend.verdict == "flat":
        return _flat(trend, told, quantity(least_change(trend.level or 0.0, sense), unit))
    if trend.is_stepped or not trend.is_significant:
        return f"no slope, but {counted(len(trend.jumps), 'jump', 'jumps')} of the level"
    jumps = f", {counted(len(trend.jumps), 'jump', 'jumps')} on the way" if trend.jumps else ""
    return told + ("" if _is_asked(window) else f", by {window.grain.name}") + jumps


def _flat(trend: Trend, told: str, least: str) -> str:
    if not trend.change:
        return f"no slope in {counted(trend.points, 'window', 'windows')}"
    if trend.is_significant:
        return f"{told} is no chance, but less than the {least} that matter"
    return f"{told} may be chance: {trend.points:,} windows are worth {_worth(trend)}"


def correlation_reason(pair: Pair, *, lag_s: float, pairs: int) -> str:
    """Say why a correlation is what it is."""
    if pair.r is None or pair.q is None:
        return _no_pair(pair)
    if pair.verdict != "unrelated":
        return _leads(lag_s)
    if pair.q > FALSE_SHARE:
        return f"r {pair.r:+.2f} may be chance among {counted(pairs, 'pair', 'pairs')} and all lags"
    if abs(pair.r) < LEAST_R:
        return f"r {pair.r:+.2f} is no chance, but explains less than a tenth"
    return f"a few extreme windows make r {pair.r:+.2f}: by rank it is {pair.rank_r or 0:+.2f}"


def _no_pair(pair: Pair) -> str:
    if pair.is_constant:
        return "one of the two never varies where both are known"
    if pair.effective is None or pair.points < LEAST_PAIRS:
        return f"{pair.points:,} of the {LEAST_PAIRS} windows it takes have both"
    return f"{pair.points:,} windows are worth only {pair.effective:.0f} independent ones"


def _too_few(trend: Trend, window: Window, length: str) -> str:
    if not trend.points:
        return f"no window with a value in {length}"
    if trend.points >= LEAST_POINTS and trend.effective is not None:
        return (
            f"{trend.points} values, each over {window.grain.name}, are worth "
            f"{trend.effective:.1f} independent ones in {length}"
        )
    if trend.points >= LEAST_POINTS:
        return f"the {trend.points:,} windows with a value lie within less than half of {length}"
    of = f"{trend.points} of at least {LEAST_POINTS} windows"
    return of if _is_asked(window) else f"{of}: observed by {window.grain.name}"


def _leads(lag_s: float) -> str:
    if not lag_s:
        return "at the same time"
    ahead = span(timedelta(seconds=abs(lag_s)))
    return f"left leads by {ahead}" if lag_s > 0 else f"right leads by {ahead}"


def _worth(trend: Trend) -> str:
    independent = f"{trend.effective:,.0f}" if trend.effective is not None else "few"
    return f"{independent} independent ones"


def _is_asked(window: Window) -> bool:
    return window.grain.step_s == window.asked.granularity.seconds
