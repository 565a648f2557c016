"""Which schedule serves a cadence: literals in, literals out."""

import pytest

from anfl_assets.catalog.duration import parse_cadence
from anfl_assets.report.conform.schedule import Schedule, serving

FIVE_MINUTES = Schedule("every_5_minutes", "*/5 * * * *", ("system_logs",))
DAILY = Schedule("daily", "7 0 * * *", ())
QUARTERLY = Schedule("quarterly", "22 0 1 1,4,7,10 *", ("market_analysis",))
ALL = (FIVE_MINUTES, DAILY, QUARTERLY)


@pytest.mark.parametrize(
    ("cron", "period_s"),
    [
        ("* * * * *", 60),
        ("*/5 * * * *", 300),
        ("2 * * * *", 3_600),
        ("7 0 * * *", 86_400),
        ("12 0 * * 1", 604_800),
        ("17 0 1 * *", 2_678_400),
        ("22 0 1 1,4,7,10 *", 7_948_800),
    ],
)
def test_a_cron_comes_round_at_its_longest_gap(cron: str, period_s: int) -> None:
    assert Schedule("any", cron, ()).period_s == period_s


@pytest.mark.parametrize(
    ("cadence", "expected"),
    [
        pytest.param("Real-time", FIVE_MINUTES, id="a stream, by the shortest judged window"),
        pytest.param("Per event", FIVE_MINUTES, id="events too"),
        pytest.param("5-minute intervals", FIVE_MINUTES, id="exactly"),
        pytest.param("1-minute intervals", None, id="nothing is fast enough"),
        pytest.param("Hourly", FIVE_MINUTES, id="faster serves"),
        pytest.param("Monthly", DAILY, id="the slowest that is often enough"),
        pytest.param("Quarterly", QUARTERLY, id="its own"),
    ],
)
def test_a_cadence_is_served_by_the_slowest_schedule_often_enough(
    cadence: str, expected: Schedule | None
) -> None:
    assert serving(ALL, parse_cadence(cadence)) == expected
