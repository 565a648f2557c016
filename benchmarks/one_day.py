"""One new day on 30 and on 360 days of history: the cost must not grow with history."""

from __future__ import annotations

import shutil
import statistics
from pathlib import Path

from benchmarks.figures import SCRATCH, Measured, measured, report
from benchmarks.pipeline import build_all, land_all, warm_build, warm_landing
from benchmarks.volumes import write_days, write_feeds

REQUESTS_A_DAY = 20_000
REPEATS = 3
SHORT, LONG = 30, 360


def history(days: int) -> tuple[Path, Path]:
    """Make a data folder with `days` of history, landed and built."""
    folder = SCRATCH / f"history_{days}"
    shutil.rmtree(folder, ignore_errors=True)
    feeds = write_feeds(folder, suffix="parquet", with_windows=False)
    write_days(folder, range(days), requests_a_day=REQUESTS_A_DAY, with_windows=False, seed=3)
    measured(land_all, str(folder / "data"), str(feeds), warm=warm_landing)
    measured(build_all, str(folder / "data"), str(feeds), warm=warm_build)
    return folder, feeds


def one_more(folder: Path, feeds: Path, day: int) -> tuple[Measured, Measured]:
    """Land and build one more day."""
    write_days(
        folder, range(day, day + 1), requests_a_day=REQUESTS_A_DAY, with_windows=False, seed=3
    )
    landed = measured(land_all, str(folder / "data"), str(feeds), warm=warm_landing)
    built = measured(build_all, str(folder / "data"), str(feeds), warm=warm_build)
    return landed, built


def main() -> None:
    """Measure both in turn, three times, and compare the medians."""
    histories = {days: history(days) for days in (SHORT, LONG)}
    found: dict[int, list[tuple[Measured, Measured]]] = {days: [] for days in histories}
    for n in range(REPEATS):
        for days, (folder, feeds) in histories.items():
            found[days].append(one_more(folder, feeds, days + n))
    medians = {
        days: statistics.median(landed.seconds + built.seconds for landed, built in pairs)
        for days, pairs in found.items()
    }
    for days, pairs in found.items():
        middle = sorted(pairs, key=lambda pair: pair[0].seconds + pair[1].seconds)[REPEATS // 2]
        whole = Measured(medians[days], max(part.peak_mib for part in middle), None)
        beside = f"{medians[LONG] / medians[SHORT]:.2f} times {SHORT} days" if days == LONG else ""
        report(
            f"one new day on {days} days, landed and built",
            whole,
            rows=REQUESTS_A_DAY,
            beside=beside,
        )
    for folder, _ in histories.values():
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
