"""Work over processes: each piece once, and one that dies or hangs costs only itself."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from anfl_assets.flow.forecasting.workers import spread


def do(piece: str) -> str:
    """Do what a piece says."""
    if piece == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if piece == "hang":
        time.sleep(60)
    if piece == "raise":
        os._exit(3)
    if piece == "late":
        time.sleep(0.5)
    if piece == "raise later":
        time.sleep(0.5)
        os._exit(3)
    if piece == "tell":
        return f"{os.nice(0)} nice, {Path('/proc/self/oom_score_adj').read_text().strip()} to go"
    return f"{piece}: {os.environ['OMP_NUM_THREADS']} thread"


def test_nothing_to_do_starts_nothing() -> None:
    assert list(spread(do, [], processes=2, limit_s=1)) == []


def test_each_piece_is_done_once_and_a_lost_one_says_why() -> None:
    pieces = ["a", "die", "b", "raise", "c"]
    told = sorted(spread(do, pieces, processes=2, limit_s=60), key=lambda done: done.place)
    assert [(done.place, done.result or done.lost) for done in told] == [
        (0, "a: 1 thread"),
        (1, "its process was killed (SIGKILL); out of memory?"),
        (2, "b: 1 thread"),
        (3, "its process ended with code 3"),
        (4, "c: 1 thread"),
    ]


def test_a_piece_whose_process_dies_while_nobody_asks_is_told_all_the_same() -> None:
    running = spread(do, ["a", "raise later"], processes=2, limit_s=60)
    first = next(running)
    time.sleep(1)
    assert sorted(done.place for done in [first, *running]) == [0, 1]


def test_a_result_that_waits_for_a_slow_listener_is_not_too_late() -> None:
    running = spread(do, ["a", "late"], processes=2, limit_s=4)
    first = next(running)
    time.sleep(4.5)
    assert [done.lost for done in [first, *running]] == [None, None]


def test_a_piece_that_takes_too_long_is_stopped() -> None:
    [done] = spread(do, ["hang"], processes=2, limit_s=0.5)
    assert done.lost == "it took longer than 0.5 s and was stopped"


def test_who_stops_listening_leaves_no_process_behind() -> None:
    running = spread(do, ["a", "hang"], processes=2, limit_s=60)
    assert next(running).result == "a: 1 thread"
    began = time.monotonic()
    running.close()
    assert time.monotonic() - began < 10


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says which process goes first")
def test_what_forecasts_is_the_last_to_be_served_and_the_first_to_go() -> None:
    [done] = spread(do, ["tell"], processes=1, limit_s=60)
    assert done.result == f"{min(os.nice(0) + 10, 19)} nice, 500 to go"
