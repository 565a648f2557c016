"""Measuring a piece of work in a process of its own, and printing what was measured."""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

SCRATCH = Path("build/bench")


@dataclass(frozen=True)
class Measured:
    """Seconds of one call, the peak memory of its process, and what the call returned."""

    seconds: float
    peak_mib: float
    result: Any


def measured(
    work: Callable[..., Any], *arguments: object, warm: Callable[[], object] | None = None
) -> Measured:
    """Run `work` in a fresh process; `warm` runs there first and is not timed."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_timed, work, arguments, warm).result()


def report(name: str, found: Measured, *, rows: int | None = None, beside: str = "") -> None:
    """Print one aligned line: name, rows, seconds, rows a second, peak memory, comparison."""
    count = f"{rows:>12,}" if rows is not None else " " * 12
    speed = f"{rows / found.seconds:>12,.0f}/s" if rows else " " * 14
    print(
        f"{name:<44}{count} rows {found.seconds:>8.2f} s {speed} {found.peak_mib:>7,.0f} MiB"
        f"  {beside}".rstrip(),
        flush=True,
    )


def report_waits(name: str, waits_s: Sequence[float], beside: str = "") -> None:
    """Print one aligned line: how often, the median, the 99th percentile and the slowest."""
    cuts = statistics.quantiles(waits_s, n=100, method="inclusive")
    print(
        f"{name:<44}{len(waits_s):>12,} times{cuts[49]:>8.2f} s  p99 {cuts[98]:.2f} s, "
        f"slowest {max(waits_s):.2f} s  {beside}".rstrip(),
        flush=True,
    )


def _timed(
    work: Callable[..., Any], arguments: tuple[object, ...], warm: Callable[[], object] | None
) -> Measured:
    if warm is not None:
        warm()
    started = time.perf_counter()
    result = work(*arguments)
    seconds = time.perf_counter() - started
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Measured(seconds, peak_mib, result)
