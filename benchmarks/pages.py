"""The pages on a year of twelve metrics of fifty subjects each, as people and programs meet them.

A real server, a real browser, a source of a thousand requests a second. Every figure stands beside
its goal and beside what the same costs without us: the same bytes from a file, an answer that says
only "ok", a page that is kept.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from anfl_assets.store.builds import last_published
from anfl_assets.store.ledger import open_ledger
from anfl_assets.store.workspace import open_workspace
from benchmarks.judged_year import publish
from benchmarks.pages_asked import file_server, first_bytes_s, steady_s, streams
from benchmarks.pages_live import judged_within, ticks
from benchmarks.pages_served import Server, live_source, server, year_folder
from benchmarks.pages_shown import chromium, complete_s

PAGES = (
    "/",
    "/executive",
    "/technical",
    "/operational",
    "/metrics",
    "/metrics/inference_latency",
    "/metrics/inference_latency?range=1y",
    "/metrics/inference_latency?subject=service-03&range=7d",
    "/incidents",
    "/tables",
)
_CHARTS = (
    "/metrics/inference_latency/chart.json?range=24h",
    "/metrics/inference_latency/chart.json?range=1y",
)
_API = ("/api/v1/status", "/api/v1/metrics/inference_latency/history")
_FIRST_BYTE_MS, _COMPLETE_S, _REFRESH_MS, _API_MS = 300, 1.5, 100, 50
_LOOKERS, _SHARE, _MEMORY_MIB = 50, 0.5, 500
_WATCHED_S = 60.0
_PER_S, _ASKED_S = 100, 30


def main() -> None:
    """Measure everything, page by page."""
    with year_folder() as (folder, windows):
        print(f"{'pages of a year':<74}{windows:>22,} windows", flush=True)
        with server(folder) as served:
            _report_start(served)
            _report_first_bytes(served)
            _report_after_a_build(served)
            _report_complete(served)
            _report_api(served)
        with live_source(folder), server(folder) as served:
            _report_streams(served)
            _report_breach(served)
            _report_ticks(folder)


def _line(name: str, figure: str, beside: str) -> None:
    print(f"{name:<74}{figure:>30}  {beside}".rstrip(), flush=True)


def _ms(waits_s: Sequence[float]) -> str:
    slowest = f"slowest {1000 * max(waits_s):>5,.0f} ms" if len(waits_s) > 1 else ""
    return f"{1000 * statistics.median(waits_s):>6,.0f} ms  {slowest:<16}"


def _report_start(served: Server) -> None:
    [waited], _ = first_bytes_s(served.address, "/", 1)
    _line("first page after the start /", _ms([waited]), "board and courses are read")


def _report_first_bytes(served: Server) -> None:
    for path in (*PAGES, *_CHARTS):
        cold, _ = first_bytes_s(served.address, path, 1)
        waits, content = first_bytes_s(served.address, path)
        with file_server(content) as address:
            plain, _ = first_bytes_s(address, "/")
        _line(
            f"first byte {path}",
            _ms(waits),
            f"asked: {_FIRST_BYTE_MS} ms; first time {1000 * cold[0]:.0f} ms, {len(content):,} "
            f"bytes from a file {1000 * statistics.median(plain):.1f} ms",
        )


def _report_after_a_build(served: Server) -> None:
    """Publish the same tables again under other names, and be the first to ask."""
    waits: dict[str, list[float]] = {path: [] for path in PAGES}
    for number in range(3):
        for path in PAGES:
            _publish_again(served, f"again-{number}-{PAGES.index(path)}")
            found, _ = first_bytes_s(served.address, path, 1)
            waits[path] += found
    for path, found in waits.items():
        _line(f"first byte after a build {path}", _ms(found), f"asked: {_FIRST_BYTE_MS} ms")


def _publish_again(served: Server, build_id: str) -> None:
    workspace = open_workspace(served.folder / "data")
    with open_ledger(workspace) as ledger:
        built = last_published(ledger)
    assert built is not None
    publish(workspace, built.tables, built.compiled, at=datetime.now(UTC), build_id=build_id)


def _report_complete(served: Server) -> None:
    with chromium() as browser:
        if browser is None:
            _line("complete in the browser", "not measured", "there is no chromium on PATH")
            return
        # The script that draws is made when somebody first asks for it.
        complete_s(browser, served.address, PAGES[:1])
        for path, (first, later) in complete_s(browser, served.address, PAGES).items():
            beside = f"asked: {_COMPLETE_S:g} s; nothing kept {1000 * first:,.0f} ms"
            _line(f"complete in the browser {path}", _ms(later), beside)


def _report_api(served: Server) -> None:
    for path in (*_API, "/health"):
        first, _ = first_bytes_s(served.address, path, 1)
        waits = steady_s(served.address, path, per_s=_PER_S, seconds=_ASKED_S)
        cuts = statistics.quantiles(waits, n=100, method="inclusive")
        beside = f"asked: {_API_MS} ms" if path in _API else "what the same costs without us"
        _line(
            f"{_PER_S} a second of {path}",
            f"p50 {1000 * cuts[49]:,.1f} ms  p99 {1000 * cuts[98]:,.1f} ms",
            f"{beside}; slowest {1000 * max(waits):,.0f} ms of {len(waits):,}, "
            f"the first ever {1000 * first[0]:,.0f} ms",
        )


def _report_streams(served: Server) -> None:
    for count in (1, _LOOKERS):
        share, memory, events, spread = streams(served, count, _WATCHED_S)
        _line(
            f"{count} live pages for {_WATCHED_S:g} s",
            f"{share:.2f} of a core  {memory:,.0f} MiB",
            f"asked: {_SHARE} and {_MEMORY_MIB} MiB; {events} events, the last who got one "
            f"{1000 * max(spread, default=0):.0f} ms after the first",
        )


def _report_breach(served: Server) -> None:
    with chromium() as browser:
        if browser is not None:
            waits = judged_within(browser, served)
            _line(
                "a breach written until it is seen",
                f"{statistics.median(waits):.1f} s  slowest {max(waits):.1f} s",
                f"asked: 8 s; {len(waits)} breaches, collected and judged every 5 s",
            )


def _report_ticks(folder: Path) -> None:
    found = ticks(folder)
    size = f"{statistics.median(found.sizes) / 1024:,.0f} KiB an event"
    _line("a live refresh rendered and sent", _ms(found.sent_s), f"asked: {_REFRESH_MS} ms; {size}")
    _line("a live evaluation of the whole board", _ms(found.evaluated_s), "once for all who look")


if __name__ == "__main__":
    main()
