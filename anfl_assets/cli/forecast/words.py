"""What a forecast says, in sentences: when a level is crossed, what it is made of and worth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from anfl_assets.wording.numbers import NOTHING, odds, quantity

if TYPE_CHECKING:
    from rich.text import Text

    from anfl_assets.report.forecasts import VintageRow

FORECASTABLE, NOT_FORECASTABLE, REFUSED = "forecastable", "not_forecastable", "refused"
_STYLES = {FORECASTABLE: "green", NOT_FORECASTABLE: "yellow", REFUSED: "cyan"}
_HARDLY = 0.01
# A candidate that weighs less is not seen in the result.
_COUNTS = 0.01
_LOWER_IS_BETTER = "lower_is_better"


@dataclass(frozen=True)
class Passage:
    """When one level is crossed: what a vintage keeps of its threshold, its target or another.

    `probability` is that of having crossed by `last_day`; days are None where they lie beyond it.
    """

    level: str
    verb: str
    is_across_now: bool
    now: str
    origin_day: date
    last_day: date
    probability: float
    day_50: date | None
    day_90: date | None
    day_expected: date | None


def verdict_look(status: str) -> Text:
    """Show a verdict as glyph and word."""
    from rich.text import Text

    from anfl_assets.report.forecast_words import VERDICT_LOOKS

    look = VERDICT_LOOKS[status]
    return Text(f"{look.glyph} {look.word}", style=_STYLES[status])


def crossed(row: VintageRow) -> str:
    """Write how likely a vintage's threshold is crossed by the end of its horizon."""
    return "across" if row.is_across_now else odds(row.threshold_probability)


def day(found: date | None) -> str:
    """Write a day; `–` for none."""
    return NOTHING if found is None else f"{found:%Y-%m-%d}"


def beyond(direction: str) -> str:
    """Return the sign of a crossed threshold: `>` where lower is better."""
    return ">" if direction == _LOWER_IS_BETTER else "<"


def newest(row: VintageRow) -> float | None:
    """Return the value of the newest known day that has one."""
    return next((value for value in reversed(row.recent) if value is not None), None)


def horizon_end(row: VintageRow) -> date:
    """Return the last day of a vintage's horizon."""
    return row.origin_day + timedelta(days=row.horizon_days)


def passages(row: VintageRow) -> Iterator[Passage]:
    """Yield when the threshold is crossed and when the target is missed; none where refused."""
    now = newest(row)
    told = (quantity(now, row.unit), row.origin_day, horizon_end(row))
    if row.threshold_probability is not None:
        level = f"the threshold, {quantity(row.threshold, row.unit)},"
        yield Passage(level, "crossed", row.is_across_now, *told,
                      row.threshold_probability, row.threshold_day_50, row.threshold_day_90,
                      row.threshold_day_expected)  # fmt: skip
    if row.target_probability is not None:
        level = f"the target, {quantity(row.target, row.unit)},"
        is_missed = now is not None and _is_across(now, row.target, row.direction)
        yield Passage(level, "missed", is_missed, *told,
                      row.target_probability, row.target_day_50, row.target_day_90,
                      row.target_day_expected)  # fmt: skip


def passage_sentence(found: Passage) -> str:
    """Say when a level is crossed: by when with even odds, by when with 90 %, what is expected.

    "The threshold, 90 %, is crossed by 2027-01-12 with even odds, by 2027-01-30 with 90 %
    probability."
    """
    level = found.level[:1].upper() + found.level[1:]
    if found.is_across_now:
        return f"{level} is {found.verb} already: {found.now} on {found.origin_day:%Y-%m-%d}."
    end = f"by the end of the horizon, {found.last_day:%Y-%m-%d},"
    if found.day_50 is None:
        return f"{level} is {found.verb} {end} with {_chance(found.probability)}."
    first = f"{level} is {found.verb} by {found.day_50:%Y-%m-%d} with even odds"
    then = (
        f"by {found.day_90:%Y-%m-%d} with 90 % probability"
        if found.day_90
        else f"{end} with {_chance(found.probability)}"
    )
    mean = (
        f"What is expected crosses on {found.day_expected:%Y-%m-%d}."
        if found.day_expected
        else "What is expected stays within all the time: it takes an unusual day."
    )
    return f"{first}, {then}. {mean}"


def made_of(row: VintageRow) -> str:
    """Say what was combined: weight and error of each candidate that counts."""
    from anfl_assets.report.forecast_words import error_words, share_words

    tried = zip(row.candidates, row.weights, row.candidate_mase, strict=True)
    return ", ".join(
        f"{name} {share_words(weight)}" + ("" if mase is None else f" (MASE {error_words(mase)})")
        for name, weight, mase in tried
        if weight >= _COUNTS
    )


def left_out(row: VintageRow) -> str:
    """Count the candidates that hardly count, and those that could not be run by why not."""
    reasons = Counter(failure for failure in row.failures if failure)
    worse = sum(weight < _COUNTS for weight in row.weights) - reasons.total()
    told = [f"{worse} that did worse"] if worse else []
    return "; ".join([*told, *(f"{count} not run: {reason}" for reason, count in reasons.items())])


def _chance(probability: float) -> str:
    if probability < _HARDLY:
        return "less than 1 % probability"
    return f"{odds(probability)} probability"


def _is_across(value: float, level: float, direction: str) -> bool:
    return value > level if direction == _LOWER_IS_BETTER else value < level
