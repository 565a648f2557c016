"""Landing 5 M request rows from one CSV: read, validated, committed and accounted for."""

from __future__ import annotations

import shutil
from pathlib import Path

from benchmarks.figures import SCRATCH, measured, report
from benchmarks.pipeline import land_all, warm_landing
from benchmarks.volumes import write_feeds, write_requests_csv

ROWS = 5_000_000


def bare(csv: str, lake: str) -> int:
    """Read the same file and write the same Delta table with nothing in between."""
    import polars as pl
    from deltalake import write_deltalake

    rows = pl.read_csv(csv, try_parse_dates=True)
    write_deltalake(lake, rows)
    return rows.height


def main() -> None:
    """Measure landing, and the bare copy it adds trust to."""
    folder = SCRATCH / "landing"
    shutil.rmtree(folder, ignore_errors=True)
    csv = folder / "requests" / "day.csv"
    write_requests_csv(csv, ROWS, seed=1)
    feeds = write_feeds(folder, suffix="csv", with_windows=False)
    copied = measured(bare, str(csv), str(Path(folder) / "bare"))
    landed = measured(land_all, str(folder / "data"), str(feeds), warm=warm_landing)
    report("landing, 5 M requests from CSV", landed, rows=landed.result)
    report(
        "  the same file copied to Delta, unchecked",
        copied,
        rows=copied.result,
        beside=f"landing takes {landed.seconds / copied.seconds:.1f} times as long",
    )
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
