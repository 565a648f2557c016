"""When a feed is asked next: on its grid while it answers, later and later while it does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anfl_assets.flow.cadence import SLOWEST_RETRY_S, Turn, after_answer, after_failure, after_fault


@pytest.mark.parametrize(
    ("at_s", "due_s"),
    [(100.0, 105.0), (103.0, 105.0), (105.0, 110.0), (123.0, 125.0)],
)
def test_a_feed_keeps_to_the_grid_of_its_cadence(at_s: float, due_s: float) -> None:
    assert after_answer(Turn(100.0, 3), every_s=5, at_s=at_s, has_more=False) == Turn(due_s)


def test_a_source_that_has_more_is_asked_at_once() -> None:
    assert after_answer(Turn(100.0), every_s=5, at_s=101.0, has_more=True) == Turn(101.0)


def test_each_failure_doubles_the_wait_up_to_five_minutes() -> None:
    turn, waits = Turn(0.0), []
    for _ in range(8):
        turn = after_failure(turn, every_s=5, at_s=1000.0)
        waits.append(turn.due_s - 1000.0)
    assert waits == [5, 10, 20, 40, 80, 160, 300, 300]
    assert turn.failures == 8


def test_a_source_that_asks_to_be_left_alone_is() -> None:
    assert after_failure(Turn(0.0), every_s=5, at_s=0.0, asked_s=120.0).due_s == 120
    assert after_failure(Turn(0.0), every_s=5, at_s=0.0, asked_s=1e9).due_s == 3600


def test_a_fault_is_retried_slowly() -> None:
    assert after_fault(Turn(0.0), every_s=5, at_s=0.0) == Turn(60.0, 1)


@given(
    st.floats(0.1, 86_400),
    st.integers(0, 10_000),
    st.floats(0, 1e9),
    st.none() | st.floats(0, 1e6),
)
def test_the_next_turn_is_never_sooner_than_the_cadence_nor_later_than_what_was_asked(
    every_s: float, failures: int, at_s: float, asked_s: float | None
) -> None:
    turn = after_failure(Turn(0.0, failures), every_s=every_s, at_s=at_s, asked_s=asked_s)
    longest = max(SLOWEST_RETRY_S, every_s, min(asked_s or 0.0, 3600.0))
    assert every_s - 1e-3 <= turn.due_s - at_s <= longest + 1e-3
