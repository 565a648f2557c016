"""Run every benchmark, the quickest first."""

from __future__ import annotations

from benchmarks import (
    alerting,
    analyzing,
    building,
    collecting,
    commands,
    forecast,
    landing,
    live,
    one_day,
    pages,
    paging,
    readers,
    replaying,
    reporting,
)

_ALL = (
    *(commands, landing, alerting, readers, analyzing, one_day),
    *(forecast, reporting, replaying, building, live, collecting, paging, pages),
)
for benchmark in _ALL:
    benchmark.main()
