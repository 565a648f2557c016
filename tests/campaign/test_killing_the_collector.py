"""The collector is killed at random moments under load; in the end each row is there exactly once.

Not part of `make test`: it takes minutes. `ANFL_CAMPAIGN_KILLS` says how often (default 100); the
seed is fixed, the moments the kills hit are not.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import threading
import time
from itertools import count
from pathlib import Path

from tests.integration.live_folder import LiveFolder, assert_each_is_there_once

KILLS = int(os.environ.get("ANFL_CAMPAIGN_KILLS", "100"))
LONGEST_S = 8.0
_ROWS_AT_ONCE, _EVERY_S = 10, 0.05


def test_no_kill_of_the_collector_loses_or_doubles_a_row(tmp_path: Path) -> None:
    place = LiveFolder(tmp_path)
    place.write_feeds()
    is_over = threading.Event()
    written = count()

    def write() -> None:
        while not is_over.wait(_EVERY_S):
            place.grow([next(written) for _ in range(_ROWS_AT_ONCE)])

    writer = threading.Thread(target=write)
    writer.start()
    moments = random.Random(2411)  # noqa: S311 - kills need no secrecy
    try:
        for _ in range(KILLS):
            _kill(place, after_s=moments.uniform(0.2, LONGEST_S))
    finally:
        is_over.set()
        writer.join()
    done = place.collect_once()
    assert done.returncode == 0, done.stderr
    total = next(written)
    assert_each_is_there_once(place, range(total))


def _kill(place: LiveFolder, *, after_s: float) -> None:
    collector = subprocess.Popen(
        place.arguments("--commit-every", "1"),
        env=place.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(after_s)
    collector.send_signal(signal.SIGKILL)
    assert collector.wait() == -signal.SIGKILL
