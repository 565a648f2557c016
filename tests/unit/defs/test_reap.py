"""A process is the one that was seen only if it is not younger than the sighting."""

import os
import subprocess
import sys
import time

from anfl_assets.defs.reap import is_running


def test_this_process_runs() -> None:
    assert is_running(os.getpid(), seen_at=time.time())


def test_a_process_that_ended_does_not_run() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert not is_running(ended.pid, seen_at=time.time())


def test_a_younger_process_with_the_same_number_is_another_one() -> None:
    an_hour_before_it_started = time.time() - 3600 - time.clock_gettime(time.CLOCK_MONOTONIC)
    assert not is_running(os.getpid(), seen_at=an_hour_before_it_started)
