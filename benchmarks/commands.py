"""What a person waits for: the first run of the example, a run with nothing new, status, help."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryFile

from benchmarks.figures import SCRATCH, Measured, report

ANFL = str(Path(sys.executable).with_name("anfl"))
AS_OF = "2026-11-23"


def timed(*command: str) -> Measured:
    """Run a command as a person would; its output is the result, its own peak memory measured."""
    with TemporaryFile("w+") as out, TemporaryFile("w+") as errors:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        errors.seek(0)
        assert process.returncode == 0, errors.read()
        return Measured(seconds, usage.ru_maxrss / 1024, out.read())


def median_of(runs: int, *command: str) -> Measured:
    """Return the median of several runs after one that warms the caches."""
    timed(*command)
    found = [timed(*command) for _ in range(runs)]
    seconds = statistics.median(each.seconds for each in found)
    return Measured(seconds, max(each.peak_mib for each in found), found[-1].result)


def main() -> None:
    """Measure the commands on the example company."""
    folder = SCRATCH / "commands"
    shutil.rmtree(folder, ignore_errors=True)
    at = ("--data-dir", str(folder), "--as-of", AS_OF)
    first = timed(ANFL, "run", *at)
    loads = json.loads(timed(ANFL, "loads", "--json", "--data-dir", str(folder)).result)
    report(
        "anfl run, the example company from nothing", first, rows=sum(x["received"] for x in loads)
    )
    again = timed(ANFL, "run", *at)
    more = json.loads(timed(ANFL, "loads", "--json", "--data-dir", str(folder)).result)
    report("anfl run again, nothing new", again, beside=f"{len(more) - len(loads)} files loaded")
    python = median_of(5, sys.executable, "-c", "pass")
    for words in (("status", "--data-dir", str(folder)), ("--help",)):
        found = median_of(5, ANFL, *words)
        ratio = found.seconds / python.seconds
        report(f"anfl {words[0]}", found, beside=f"{ratio:.0f} times an empty python")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
