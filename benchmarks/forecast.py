"""Our forecasts of the last 90 days of real daily series, scored, and beside single models.

One forecast of 90 days a series, by `outlook_of` as `anfl forecast run` makes it; its first 30 days
are scored as the forecast of 30. It leaves `build/forecasts.parquet` and lets the folder's own
`score.py` score it. `--origins` moves the end of every series back by 90 days each time.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from rich.progress import Progress

from benchmarks.forecast_folder import HIDDEN_DAYS, Asked, asked_at, read_folder, write_forecasts
from benchmarks.forecast_tables import print_cost, print_own, print_pairs
from benchmarks.forecast_work import Forecast, forecast

FORECASTS = Path("build/forecasts.parquet")
_DATA = Path(os.environ.get("ANFL_FORECAST_DATA", "../shared/forecast_bench"))


def main(arguments: list[str] | None = None) -> None:
    """Forecast, score and compare; say so where the folder is not there."""
    parser = argparse.ArgumentParser(prog="benchmarks.forecast", description=__doc__)
    parser.add_argument("--data", type=Path, default=_DATA, help="folder with series.parquet")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument(
        "--origins", type=int, default=0, help="also so many, 90 days apart, before"
    )
    parser.add_argument("--compare", action="store_true", help="fit the usual single models too")
    asked = parser.parse_args([] if arguments is None else arguments)
    if not (asked.data / "series.parquet").exists():
        print(f"forecasts: skipped, no series.parquet in {asked.data}")
        return
    for origin in range(asked.origins + 1):
        made = list(_all_forecasts(asked.data, origin, asked.jobs, compare=asked.compare))
        made.sort(key=lambda one: one.asked.series_id)
        unseen = HIDDEN_DAYS * (origin + 1)
        print(f"\n{len(made)} series, the last {unseen} days of each not seen")
        print_own(made)
        print_pairs(made)
        print_cost(made)
        if origin == 0:
            write_forecasts(FORECASTS, [(one.asked, one.bands) for one in made])
            _scored_by_folder(asked.data)


def _all_forecasts(folder: Path, origin: int, jobs: int, *, compare: bool) -> Iterator[Forecast]:
    asked = list(_asked(folder, HIDDEN_DAYS * (origin + 1)))
    with (
        Progress(disable=not sys.stderr.isatty(), transient=True) as progress,
        ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool,
    ):
        bar = progress.add_task("forecasting", total=len(asked))
        waiting = [pool.submit(forecast, one, compare=compare) for one in asked]
        for done in as_completed(waiting):
            progress.advance(bar)
            made = done.result()
            if isinstance(made, Forecast):
                yield made
            else:
                print(made)


def _asked(folder: Path, cut_days: int) -> Iterator[Asked]:
    for name, whole in read_folder(folder).items():
        cut = asked_at(name, whole, cut_days)
        if cut is not None:
            yield cut
        else:
            print(f"{name}: fewer than {HIDDEN_DAYS} days are left before its last {cut_days}")


def _scored_by_folder(folder: Path) -> None:
    scorer = folder / "score.py"
    if scorer.exists():
        print(f"\n{scorer}", flush=True)
        scored = subprocess.run([sys.executable, scorer, FORECASTS, "--data", folder], check=False)
        if scored.returncode:
            print(f"{scorer} ended with {scored.returncode}: it scores all series or none")
            sys.exit(scored.returncode)


if __name__ == "__main__":
    main(sys.argv[1:])
