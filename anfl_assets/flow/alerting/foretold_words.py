"""What a vintage says of a breach to come, in words that go on after `resource_utilization of db`.

What is to come first, then `; ` and what it rests on: media with little room show the former.
"""

from __future__ import annotations

from datetime import date, timedelta

from anfl_assets.report.forecast_rows import VintageRow
from anfl_assets.wording.inert import one_line
from anfl_assets.wording.numbers import odds as chance
from anfl_assets.wording.numbers import quantity

_REASON_LENGTH = 160


def coming(row: VintageRow) -> str:
    """Say when it will cross: `will cross 90 % around 2027-01-12 (even odds), 90 % sure by …`."""
    around = row.threshold_day_50 or last_day(row)
    sure = (
        f"90 % sure by {row.threshold_day_90}"
        if row.threshold_day_90
        else f"{chance(odds(row))} likely by {last_day(row)}"
    )
    return f"will cross {_limit(row)} around {around} (even odds), {sure}; {_basis(row)}"


def across(row: VintageRow) -> str:
    """Say that there is nothing to foretell any more."""
    return f"has crossed {_limit(row)} by now; {_basis(row)}"


def unlikely(row: VintageRow) -> str:
    """Say that no breach is foretold, and how likely one is all the same."""
    likely = f"{chance(odds(row))} likely"
    return f"is not expected to cross {_limit(row)} by {last_day(row)} ({likely}); {_basis(row)}"


def wavering(row: VintageRow) -> str:
    """Say that the odds are between what tells people and what ends it."""
    told = f"{chance(odds(row))} likely to cross {_limit(row)} by {last_day(row)}"
    course = "" if row.threshold_day_expected else ", though what is expected does not cross it"
    return f"no clear forecast ({told}{course}); {_basis(row)}"


def untrusted(row: VintageRow) -> str:
    """Say why a forecast tells nothing: it was refused, or has not been better than the floor."""
    what = "no forecast" if row.status == "refused" else "no forecast to trust"
    return f"{what}: {one_line(row.reason, _REASON_LENGTH)}"


def stale(row: VintageRow) -> str:
    """Say that the newest forecast is too old to go by."""
    return f"no fresh forecast: the newest is of the days up to {row.origin_day}"


def odds(row: VintageRow) -> float:
    """Return how likely a crossing by the horizon's end is, 0 to 1; 0 where nobody knows."""
    return row.threshold_probability or 0.0


def last_day(row: VintageRow) -> date:
    """Return the last day that is forecast."""
    return row.origin_day + timedelta(days=row.horizon_days)


def newest(row: VintageRow) -> float | None:
    """Return the newest value known of the series."""
    return next((value for value in reversed(row.recent) if value is not None), None)


def _basis(row: VintageRow) -> str:
    value = newest(row)
    parts = [] if value is None else [f"{row.form} now {quantity(value, row.unit)}"]
    parts += [
        f"forecast made {row.computed_at:%Y-%m-%d} from {row.train_days:,} days",
    ]
    if row.skill is not None and row.floor_name:
        parts.append(f"backtest skill {row.skill:+.0%} over {row.floor_name}".replace("%", " %"))
    return "; ".join(parts)


def _limit(row: VintageRow) -> str:
    return quantity(row.threshold, row.unit)
