"""`anfl collect --live` ends in order however it is asked to."""

import signal
from collections.abc import Iterator
from types import FrameType

import pytest

from anfl_assets.cli.collect import listen

_HEARD = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in _HEARD}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def _stop(number: int, frame: FrameType | None) -> None:
    del number, frame


def test_a_closing_terminal_ends_it_in_order_as_ctrl_c_does() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    listen(_stop)
    assert [signal.getsignal(number) for number in _HEARD] == [_stop] * 3


def test_under_nohup_it_outlives_the_terminal() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    listen(_stop)
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    assert signal.getsignal(signal.SIGTERM) is _stop
