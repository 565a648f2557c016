"""The figures that the checks of a forecast go by (§3.2), over the rows of a model's scorecard."""

from collections.abc import Sequence
from math import sqrt
from typing import Literal

from anfl_assets.report.scorecard import ScorecardRow

Level = Literal[80, 95]
# The share of days that an interval of each level may hold, over all series.
HOLDS: dict[Level, tuple[float, float]] = {80: (0.75, 0.85), 95: (0.91, 0.98)}
# What chance alone brings is allowed for, but for one time in twenty.
_STANDARD_ERRORS = 2.0


def whole_series(rows: Sequence[ScorecardRow]) -> list[ScorecardRow]:
    """Return the row of each series over all leads."""
    return [row for row in rows if row.lead_days is None]


def not_better(rows: Sequence[ScorecardRow]) -> list[ScorecardRow]:
    """Return the series whose errors are not smaller than the floor's, the worst first."""
    found = [row for row in whole_series(rows) if row.mase >= row.floor_mase]
    return sorted(found, key=lambda row: row.floor_mase - row.mase)


def scored_days(rows: Sequence[ScorecardRow]) -> int:
    """Count the days behind the rows."""
    return sum(row.n_backtest + row.n_live for row in rows)


def held_share(rows: Sequence[ScorecardRow], level: Level) -> float:
    """Return the share of days inside the interval of a level; there must be a day."""
    held = sum(scored_days([row]) * _coverage(row, level) for row in rows)
    return held / scored_days(rows)


def count_origins(rows: Sequence[ScorecardRow]) -> int:
    """Count the origins of all series: from each, a lead has one day at most."""
    by_series: dict[str, int] = {}
    for row in rows:
        if row.lead_days is not None:
            by_series[row.vintage_id] = max(by_series.get(row.vintage_id, 0), scored_days([row]))
    return sum(by_series.values())


def is_held(level: Level, share: float, *, origins: int) -> bool:
    """Say whether an interval holds about as many days as it says, chance allowed for.

    Days of one origin stand and fall together, so there are only as many draws as origins.
    """
    least, most = HOLDS[level]
    said = level / 100
    by_chance = _STANDARD_ERRORS * sqrt(said * (1 - said) / origins)
    return least - by_chance <= share <= most + by_chance


def _coverage(row: ScorecardRow, level: Level) -> float:
    return row.coverage_80 if level == 80 else row.coverage_95  # noqa: PLR2004 - the level itself
