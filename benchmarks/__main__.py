"""Run every benchmark, the quickest first."""

from __future__ import annotations

from benchmarks import building, collecting, commands, landing, live, one_day, readers, replaying

for benchmark in (commands, landing, readers, one_day, replaying, building, live, collecting):
    benchmark.main()
