"""A clock that jumps is told; one that is nudged is not."""

from datetime import UTC, datetime, timedelta

from anfl_assets.flow.clock import Clock, JumpWatch

_START = datetime(2026, 3, 1, tzinfo=UTC)


def test_only_jumps_are_told_and_each_once() -> None:
    passed, moved = [0.0], [0.0]
    clock = Clock(lambda: _START + timedelta(seconds=passed[0] + moved[0]), lambda: passed[0])
    watch = JumpWatch(clock)
    told = []
    for jump in (0.0, 0.5, -3600.0, 0.0, 7200.0, 0.0):
        passed[0] += 5
        moved[0] += jump
        told.append(round(watch.jumped()))
    assert told == [0, 0, -3600, 0, 7200, 0]
