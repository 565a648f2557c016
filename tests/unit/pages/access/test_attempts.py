"""Guessing is slowed down by user and address, by address, and by user."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from anfl_assets.pages.access.attempts import Attempts
from tests.unit.pages.access.door import Wound


def _tried(attempts: Attempts, user: str, address: str, times: int) -> None:
    for _ in range(times):
        attempts.begin(user, address)


def test_five_are_free_then_each_wait_is_twice_as_long() -> None:
    time = Wound()
    attempts = Attempts(time.clock().monotonic)
    _tried(attempts, "ana", "192.0.2.1", 4)
    assert attempts.wait_s("ana", "192.0.2.1") == 0
    waits = []
    for _ in range(9):
        attempts.begin("ana", "192.0.2.1")
        waits.append(attempts.wait_s("ana", "192.0.2.1"))
        time.passed_s += waits[-1]
    assert waits == [10, 20, 40, 80, 160, 320, 640, 900, 900]


def test_another_user_and_another_address_do_not_wait() -> None:
    attempts = Attempts(Wound().clock().monotonic)
    _tried(attempts, "ana", "192.0.2.1", 5)
    assert attempts.wait_s("vic", "192.0.2.1") == 0
    assert attempts.wait_s("ana", "192.0.2.2") == 0


def test_one_address_cannot_go_through_all_users() -> None:
    attempts = Attempts(Wound().clock().monotonic)
    for number in range(20):
        attempts.begin(f"user {number}", "192.0.2.1")
    assert attempts.wait_s("another", "192.0.2.1") == 10


def test_a_network_of_ipv6_is_one_address_and_a_mapped_one_is_ipv4() -> None:
    attempts = Attempts(Wound().clock().monotonic)
    for number in range(5):
        attempts.begin("ana", f"2001:db8::{number:x}")
    _tried(attempts, "vic", "::ffff:192.0.2.1", 5)
    assert attempts.wait_s("ana", "2001:db8::ffff") == 10
    assert attempts.wait_s("ana", "2001:db8:0:1::1") == 0
    assert attempts.wait_s("vic", "192.0.2.1") == 10


def test_many_addresses_cannot_guess_at_one_user_nor_lock_them_out() -> None:
    attempts = Attempts(Wound().clock().monotonic)
    attempts.begin("ana", "198.51.100.1")
    attempts.succeeded("ana", "198.51.100.1")
    for number in range(50):
        attempts.begin("ana", f"192.0.2.{number}")
    assert attempts.wait_s("ana", "203.0.113.9") == 10
    assert attempts.wait_s("ana", "198.51.100.1") == 0


def test_a_success_clears_the_pair_and_one_attempt_of_the_address() -> None:
    attempts = Attempts(Wound().clock().monotonic)
    for number in range(18):
        attempts.begin(f"user {number}", "192.0.2.1")
    for _ in range(3):
        _tried(attempts, "ana", "192.0.2.1", 1)
        attempts.succeeded("ana", "192.0.2.1")
    assert attempts.wait_s("ana", "192.0.2.1") == 0
    _tried(attempts, "guest", "192.0.2.1", 2)
    assert attempts.wait_s("ana", "192.0.2.1") == 10


def test_failures_are_forgotten_after_an_hour() -> None:
    time = Wound()
    attempts = Attempts(time.clock().monotonic)
    _tried(attempts, "ana", "192.0.2.1", 9)
    time.passed_s = 3_601
    attempts.begin("ana", "192.0.2.1")
    assert attempts.wait_s("ana", "192.0.2.1") == 0


def test_memory_is_bounded() -> None:
    attempts = Attempts(Wound().clock().monotonic)
    for number in range(6_000):
        attempts.begin("x" * 10_000 + str(number), f"10.0.{number // 250}.{number % 250}")
    assert len(attempts._failures) <= 10_000
    assert max(len(name) for _, name, _ in attempts._failures) == 64


@given(st.lists(st.floats(0.1, 2_000), min_size=1, max_size=60))
def test_nobody_checks_more_than_the_waits_allow(pauses: list[float]) -> None:
    time = Wound()
    attempts = Attempts(time.clock().monotonic)
    checked = []
    for pause in pauses:
        time.passed_s += pause
        if attempts.wait_s("ana", "192.0.2.1") == 0:
            attempts.begin("ana", "192.0.2.1")
            checked.append(time.passed_s)
    for first, sixth in zip(checked, checked[5:], strict=False):
        assert sixth - first >= 10
