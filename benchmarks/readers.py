"""Four readers in a loop during twenty builds: no read may fail, none may mix two builds."""

from __future__ import annotations

import shutil
from multiprocessing import Event, Process, Queue
from multiprocessing.synchronize import Event as EventType
from pathlib import Path
from queue import Empty
from typing import TYPE_CHECKING

from benchmarks.figures import SCRATCH, measured, report
from benchmarks.pipeline import build_all, land_all, warm_build, warm_landing
from benchmarks.volumes import write_days, write_feeds

if TYPE_CHECKING:
    from multiprocessing.queues import Queue as QueueType

BUILDS = 20
READERS = 4
REQUESTS_A_DAY = 5_000


def read_until(root: str, stop: EventType, told: QueueType[tuple[int, int, int]]) -> None:
    """Read the board against the book it was made from until told to stop; count what is wrong."""
    from anfl_assets.errors import AnflError
    from anfl_assets.report.published import open_published
    from anfl_assets.store.workspace import Workspace

    reads = failed = mixed = 0
    while not stop.is_set():
        reads += 1
        try:
            with open_published(Workspace(Path(root))) as published:
                newest = published.rows(
                    f"select max(window_end_at) as at from {published.table('fct_metric_status')} "
                    "where metric_id = 'throughput'"
                )
                board = published.rows(
                    f"select max(window_end_at) as at from {published.table('rpt_scoreboard')} "
                    "where metric_id = 'throughput'"
                )
            mixed += newest != board
        except (AnflError, OSError):
            failed += 1
    told.put((reads, failed, mixed))


def main() -> None:
    """Run the readers beside the builds and count."""
    folder = SCRATCH / "readers"
    shutil.rmtree(folder, ignore_errors=True)
    feeds = write_feeds(folder, suffix="parquet", with_windows=False)
    root, path = str(folder / "data"), str(feeds)
    write_days(folder, range(5), requests_a_day=REQUESTS_A_DAY, with_windows=False, seed=4)
    measured(land_all, root, path, warm=warm_landing)
    measured(build_all, root, path, warm=warm_build)
    stop = Event()
    told: QueueType[tuple[int, int, int]] = Queue()
    readers = [Process(target=read_until, args=(root, stop, told)) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    builds = measured(land_and_build, str(folder), root, path, warm=warm_landing)
    stop.set()
    counts: list[tuple[int, int, int]] = []
    while len(counts) < READERS:
        try:
            counts.append(told.get(timeout=60))
        except Empty:
            break
    for reader in readers:
        reader.join()
    reads, failed, mixed = (sum(each) for each in zip(*counts, strict=True))
    report(
        f"{BUILDS} builds beside {READERS} readers",
        builds,
        beside=f"{reads:,} reads: {failed} failed, {mixed} mixed two builds",
    )
    shutil.rmtree(folder)


def land_and_build(folder: str, root: str, path: str) -> None:
    """Add, land and build a day, twenty times, in one process."""
    for n in range(5, 5 + BUILDS):
        write_days(
            Path(folder),
            range(n, n + 1),
            requests_a_day=REQUESTS_A_DAY,
            with_windows=False,
            seed=4,
        )
        land_all(root, path)
        build_all(root, path)


if __name__ == "__main__":
    main()
