"""How a forecast reads to people: what it is worth, when it crosses, how it was made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from anfl_assets.report.forecasts import VintageRow, foretells
from anfl_assets.wording.looks import Look
from anfl_assets.wording.numbers import NOTHING, counted, quantity

# How the worth of a forecast is told without colour.
VERDICT_LOOKS = {
    "forecastable": Look("✔", "forecastable"),
    "not_forecastable": Look("–", "not forecastable"),
    "refused": Look("…", "not forecast"),
}
_SELDOM, _SURE = 0.01, 0.99
# In MASE: up to a tenth of a week's change there is nothing to gain, below this nothing to read.
_EXACT, _SEEN = 0.1, 0.005


class Scored(Protocol):
    """What has been scored: errors in MASE, None where nothing could be."""

    @property
    def mase(self) -> float | None: ...  # noqa: D102 - a field
    @property
    def floor_mase(self) -> float | None: ...  # noqa: D102 - a field
    @property
    def skill(self) -> float | None: ...  # noqa: D102 - a field


def crossing_words(row: VintageRow) -> str:
    """Say when the threshold is crossed: `crosses 90 % around 12 January (even odds), …`.

    Of a forecast that is not trusted it says nothing: empty.
    """
    limit = quantity(row.threshold, row.unit)
    if row.status != "forecastable" or row.threshold_probability is None:
        return ""
    if row.is_across_now:
        return f"is across {limit} already"
    if row.threshold_day_50 is None:
        return f"{_odds(row.threshold_probability)} to cross {limit} within {_horizon(row)}"
    sure = (
        f"90 % sure by {day_words(row.threshold_day_90)}"
        if row.threshold_day_90
        else f"not 90 % sure within {_horizon(row)}"
    )
    told = f"crosses {limit} around {day_words(row.threshold_day_50)} (even odds), {sure}"
    if foretells(row):
        return told
    return f"{told}; what is expected stays on this side, so nobody is alerted"


def target_crossing_words(row: VintageRow) -> str:
    """Say when the target will be missed; empty where that is not known, or as likely as not."""
    if row.status != "forecastable" or row.target_day_50 is None or row.is_across_now:
        return ""
    day = day_words(row.target_day_50)
    return f"is off its target of {quantity(row.target, row.unit)} from around {day} (even odds)"


def skill_words(row: VintageRow) -> str:
    """Say how the forecast did from past days, beside the best naive one; empty if not tried."""
    if row.mase is None or row.floor_mase is None:
        return ""
    origins = counted(row.origins, "rolling origin", "rolling origins")
    return (
        f"MASE {error_words(row.mase)} over {origins}, the best naive method ({row.floor_name}) "
        f"{error_words(row.floor_mase)}: skill {gain_words(row)}; the 80 % interval held "
        f"{share_words(row.coverage_80)} of the days, the 95 % one {share_words(row.coverage_95)}"
    )


def gain_words(scored: Scored) -> str:
    """Write how much smaller errors are than the floor's: `+12 %`.

    Where both are next to nothing it says nothing: half of nearly no error is no worse a forecast.
    """
    errors = [error for error in (scored.mase, scored.floor_mase) if error is not None]
    if scored.skill is None or max(errors, default=0.0) <= _EXACT:
        return NOTHING
    percent = round(100 * scored.skill)
    return f"{percent:+d} %" if percent else "0 %"


def error_words(mase: float | None) -> str:
    """Write an error in MASE: `0.81`; what is too small for that is not said to be nothing."""
    if mase is None:
        return NOTHING
    return "< 0.01" if 0 < mase < _SEEN else f"{mase:.2f}"


def share_words(share: float | None) -> str:
    """Write a share of 1 in percent; `–` for nothing."""
    return NOTHING if share is None else f"{100 * share:.0f} %"


def day_words(day: date) -> str:
    """Write a day within a horizon, where the year is plain: `12 January`."""
    return f"{day.day} {day:%B}"


def soonest_first(rows: Sequence[VintageRow]) -> list[VintageRow]:
    """Sort forecasts: foretold crossings by their day, then by worth, the likelier ones first."""
    return sorted(
        rows,
        key=lambda row: (
            not foretells(row),
            list(VERDICT_LOOKS).index(row.status),
            row.threshold_day_50 or date.max,
            -(row.threshold_probability or 0.0),
            row.metric_id,
            row.subject,
            row.form,
        ),
    )


def first_of_each(rows: Sequence[VintageRow]) -> list[VintageRow]:
    """Keep of each subject of a metric only the form that crosses first, the soonest first."""
    found: dict[tuple[str, str], VintageRow] = {}
    for row in soonest_first(rows):
        found.setdefault((row.metric_id, row.subject), row)
    return list(found.values())


def _horizon(row: VintageRow) -> str:
    return counted(row.horizon_days, "day", "days")


def _odds(probability: float) -> str:
    if probability < _SELDOM:
        return "less than 1 % likely"
    return "nearly certain" if probability > _SURE else f"{share_words(probability)} likely"
