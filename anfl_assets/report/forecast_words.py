"""How a forecast reads to people: what it is worth, when it crosses, how it was made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

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
        f"MASE {row.mase:.2f} over {origins}, the best naive method ({row.floor_name}) "
        f"{row.floor_mase:.2f}: skill {gain_words(row.skill)}; the 80 % interval held "
        f"{share_words(row.coverage_80)} of the days, the 95 % one {share_words(row.coverage_95)}"
    )


def gain_words(skill: float | None) -> str:
    """Write how much smaller errors are than the floor's: `+12 %`."""
    percent = None if skill is None else round(100 * skill)
    return NOTHING if percent is None else f"{percent:+d} %" if percent else "0 %"


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
        return "less than 1 %"
    return "nearly certain" if probability > _SURE else share_words(probability)
