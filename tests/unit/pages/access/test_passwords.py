"""Passwords: what is checked, what is remembered for a minute, and what nobody learns."""

from __future__ import annotations

import asyncio
import threading

import pytest

from anfl_assets.config.secret import Secret
from anfl_assets.errors import UserError
from anfl_assets.pages.access.passwords import Passwords, TooBusy, hashed, matches
from anfl_assets.pages.access.people import Role, User
from tests.unit.pages.access.door import ANA, CHEAP, HASHES, Wound

_USER = User("ana", Role.OPERATOR, Secret(HASHES["ana"]))


class _Counting:
    """Checks as argon2 does, counts how often, and may be held up."""

    def __init__(self) -> None:
        self.count = 0
        self.go_on = threading.Event()
        self.go_on.set()

    def __call__(self, password_hash: str, password: str) -> bool:
        self.count += 1
        self.go_on.wait(10)
        return matches(password_hash, password)


def test_a_hash_matches_its_password_and_no_other() -> None:
    made = hashed(ANA, CHEAP)
    assert made.startswith("$argon2id$")
    assert matches(made, ANA)
    assert not matches(made, ANA + " ")
    assert not matches("no hash", ANA)


@pytest.mark.parametrize("password", ["", "eleven char", "x" * 1_025])
def test_a_password_has_a_length(password: str) -> None:
    with pytest.raises(UserError, match="a password has 12 to 1,024 characters"):
        hashed(password, CHEAP)


def test_a_right_password_is_remembered_for_a_minute_and_a_wrong_one_is_not() -> None:
    time, check = Wound(), _Counting()
    passwords = Passwords(time.clock().monotonic, check)

    async def steps() -> None:
        assert await passwords.are_right(_USER, ANA)
        assert passwords.remembers(_USER, ANA)
        assert not passwords.remembers(_USER, ANA + "!")
        assert not passwords.remembers(User("bo", _USER.role, _USER.password_hash), ANA)
        assert not await passwords.are_right(_USER, ANA + "!")
        assert not passwords.remembers(_USER, ANA + "!")

    asyncio.run(steps())
    time.passed_s = 59.9
    assert passwords.remembers(_USER, ANA)
    time.passed_s = 60
    assert not passwords.remembers(_USER, ANA)


def test_what_is_remembered_is_forgotten_at_once_and_holds_no_password() -> None:
    passwords = Passwords(Wound().clock().monotonic)
    asyncio.run(_asked(passwords, 1))
    assert ANA not in repr(vars(passwords))
    passwords.forget()
    assert not passwords.remembers(_USER, ANA)


def test_many_who_send_the_same_are_checked_once() -> None:
    check = _Counting()
    assert asyncio.run(_asked(Passwords(Wound().clock().monotonic, check), 100)) == [True] * 100
    assert check.count == 1


def test_more_guesses_than_can_be_checked_are_refused() -> None:
    check = _Counting()
    check.go_on.clear()
    passwords = Passwords(Wound().clock().monotonic, check)

    async def flood() -> list[bool | BaseException]:
        guesses = [passwords.are_right(_USER, f"guess number {n}") for n in range(40)]
        asyncio.get_running_loop().call_later(0.05, check.go_on.set)
        return await asyncio.gather(*guesses, return_exceptions=True)

    answers = asyncio.run(flood())
    assert answers.count(False) == 16
    assert sum(isinstance(answer, TooBusy) for answer in answers) == 24


def test_who_gives_up_waiting_takes_nothing_from_the_others() -> None:
    check = _Counting()
    check.go_on.clear()
    passwords = Passwords(Wound().clock().monotonic, check)

    async def steps() -> bool:
        hasty = asyncio.create_task(passwords.are_right(_USER, ANA))
        patient = asyncio.create_task(passwords.are_right(_USER, ANA))
        await asyncio.sleep(0.01)
        hasty.cancel()
        check.go_on.set()
        return await patient

    assert asyncio.run(steps())
    assert check.count == 1


def test_an_unknown_name_costs_a_check_as_well() -> None:
    check = _Counting()
    passwords = Passwords(Wound().clock().monotonic, check)
    asyncio.run(passwords.are_nobodys({"ana": _USER}, ANA))
    assert check.count == 1
    assert not passwords.remembers(_USER, ANA)


async def _asked(passwords: Passwords, times: int) -> list[bool]:
    return await asyncio.gather(*(passwords.are_right(_USER, ANA) for _ in range(times)))
