"""A full build over 10 M raw requests and 90 days of one-minute windows of 20 services."""

from __future__ import annotations

import shutil

from benchmarks.figures import SCRATCH, measured, report
from benchmarks.pipeline import build_all, land_all, warm_build, warm_landing
from benchmarks.volumes import write_days, write_feeds

DAYS = 90
REQUESTS_A_DAY = 111_112


def main() -> None:
    """Measure the full build, and the next one with a day more."""
    folder = SCRATCH / "building"
    shutil.rmtree(folder, ignore_errors=True)
    feeds = write_feeds(folder, suffix="parquet", with_windows=True)
    rows = write_days(folder, range(DAYS), requests_a_day=REQUESTS_A_DAY, with_windows=True, seed=2)
    root, path = str(folder / "data"), str(feeds)
    landed = measured(land_all, root, path, warm=warm_landing)
    report("landing, 90 days from Parquet", landed, rows=landed.result)
    full = measured(build_all, root, path, warm=warm_build)
    report("full build", full, rows=rows)
    added = write_days(
        folder, range(DAYS, DAYS + 1), requests_a_day=REQUESTS_A_DAY, with_windows=True, seed=2
    )
    measured(land_all, root, path, warm=warm_landing)
    day = measured(build_all, root, path, warm=warm_build)
    report(
        "build of one day more",
        day,
        rows=added,
        beside=f"{full.seconds / day.seconds:.1f} times faster than all of it",
    )
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
