"""Alerting as processes of their own, under a clock that may run fast, to be killed at will.

`python -m tests.integration.alerting_process WHAT FOLDER BEGAN SPEED SECONDS`: WHAT is `evaluate`
(judges what `world.json` of the folder says, ten times a second) or `send`; for so many real
seconds, and says when it begins. The clock stood at BEGAN when the file `began` of the folder was
made, or stands there now.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from anfl_assets.flow.alerting.evaluate import METRICS, open_evaluator
from anfl_assets.flow.alerting.sending.deliverer import open_deliverer
from anfl_assets.store.workspace import Workspace
from tests.integration.alerting_at_work import latency

WORLD, BEGAN, READY = "world.json", "began", "ready"
_EVERY_S = 0.1


def clock_of(folder: Path, began: datetime, speed: float) -> Callable[[], datetime]:
    """Return a clock that every process of the folder shares."""
    mark = folder / BEGAN
    zero = mark.stat().st_mtime if mark.exists() else time.time()
    return lambda: began + timedelta(seconds=(time.time() - zero) * speed)


def tell(folder: Path, statuses: dict[str, str]) -> None:
    """Let the world be so from now on: the status of each subject."""
    beside = folder / f"{WORLD}.new"
    beside.write_text(json.dumps(statuses))
    beside.replace(folder / WORLD)


def evaluate(folder: Path, clock: Callable[[], datetime], until: float) -> None:
    """Judge the world again and again."""
    with open_evaluator(Workspace(folder), os.environ) as evaluator:
        while time.monotonic() < until:
            at = clock()
            statuses = json.loads((folder / WORLD).read_text())
            readings = [latency(status, at, subject) for subject, status in statuses.items()]
            found = evaluator.observe(METRICS, readings, at)
            if not found.is_done:
                sys.exit(str(found))
            time.sleep(_EVERY_S)


def send(folder: Path, clock: Callable[[], datetime], until: float) -> None:
    """Deliver again and again, as the sensor does."""
    with open_deliverer(Workspace(folder), os.environ, clock=clock) as deliverer:
        while (left := until - time.monotonic()) > 0:
            report = deliverer.deliver_for(min(1.0, left))
            if report.problems:
                sys.stderr.write(f"{report}\n")


def main(arguments: list[str]) -> None:
    """Work for a while."""
    what, place, began, speed, seconds = arguments
    folder = Path(place)
    clock = clock_of(folder, datetime.fromisoformat(began), float(speed))
    work = {"evaluate": evaluate, "send": send}[what]
    sys.stdout.write(f"{READY}\n")
    sys.stdout.flush()
    work(folder, clock, time.monotonic() + float(seconds))


if __name__ == "__main__":
    main(sys.argv[1:])
