"""How long the executive digest takes, from a new process to the page, on the example company.

Beside it a single chart of one line, drawn by Altair in a new process: what one picture costs.
"""

from __future__ import annotations

import shutil
import sys

from benchmarks.commands import ANFL, AS_OF, median_of, timed
from benchmarks.figures import SCRATCH, report

ASKED_S = 10.0
_RUNS = 3
_ONE_CHART = """
import altair, io
rows = [{"at": n, "value": n % 7} for n in range(288)]
chart = altair.Chart(altair.Data(values=rows)).mark_line().encode(x="at:Q", y="value:Q")
chart.save(io.StringIO(), format="svg")
"""


def main() -> None:
    """Measure the digest."""
    folder = SCRATCH / "reporting"
    shutil.rmtree(folder, ignore_errors=True)
    timed(ANFL, "run", "--data-dir", str(folder), "--as-of", AS_OF)
    written = folder / "executive.html"
    digest = median_of(
        _RUNS, ANFL, "report", "executive", "--data-dir", str(folder), "-o", str(written)
    )
    one = median_of(_RUNS, sys.executable, "-c", _ONE_CHART)
    charts = written.read_text().count("<svg")
    told = (
        f"{charts} charts, {written.stat().st_size / 1024:,.0f} KiB; asked: {ASKED_S:g} s; "
        f"one chart of Altair alone {one.seconds:.1f} s"
    )
    report("anfl report executive", digest, beside=told)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
