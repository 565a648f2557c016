"""Each cadence of the catalog has a schedule, and each source is on at least its own."""

import pytest

from anfl_assets.catalog.duration import parse_cadence
from anfl_assets.catalog.loader import load_catalog
from anfl_assets.defs.schedules import tick_name, ticks


@pytest.mark.parametrize(
    ("cadence", "tick"),
    [
        ("Real-time", "every_5_minutes"),
        ("Continuous", "every_5_minutes"),
        ("Per event", "every_5_minutes"),
        ("1-minute intervals", "every_5_minutes"),
        ("5-minute intervals", "every_5_minutes"),
        ("Hourly", "hourly"),
        ("Daily", "daily"),
        ("Weekly", "weekly"),
        ("Monthly", "monthly"),
        ("Quarterly", "quarterly"),
    ],
)
def test_a_cadence_is_served_by_the_tick_that_is_not_slower(cadence: str, tick: str) -> None:
    assert tick_name(parse_cadence(cadence)) == tick


def test_the_catalog_gives_five_schedules_and_looks_for_hand_filled_files_every_day() -> None:
    assert {tick.name: tick.sources for tick in ticks(load_catalog())} == {
        "every_5_minutes": ("system_logs", "performance_data", "usage_analytics"),
        "daily": ("customer_feedback", "market_analysis"),
        "weekly": (),
        "monthly": ("customer_feedback",),
        "quarterly": ("market_analysis",),
    }
