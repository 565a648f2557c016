"""Drafts for metrics: an exposition (file or endpoint) and a Prometheus server.

Only metrics whose meaning is settled are mapped: those of node_exporter, and histograms of
durations whose name Prometheus' own conventions fix.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from anfl_assets.collect.infer.draft import Draft
from anfl_assets.collect.infer.expressions import Line, flow
from anfl_assets.collect.infer.sample import Sample
from anfl_assets.errors import SourceError

_FAMILY = re.compile(r"^# TYPE (\S+) (\w+)", re.MULTILINE)
# What there is and what of it is free, the truest first: free memory leaves out what caches hold.
_MEMORY, _DISK = "node_memory_MemTotal_bytes", "node_filesystem_size_bytes"
_PAIRS: tuple[tuple[str, str, str, list[str]], ...] = (
    ("memory", _MEMORY, "node_memory_MemAvailable_bytes", []),
    ("disk", _DISK, "node_filesystem_avail_bytes", ["device"]),
    ("memory", _MEMORY, "node_memory_MemFree_bytes", []),
)
_SHOWN = 12
_CPU = '100 * (1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[1m])))'


def of_exposition(sample: Sample, where: Mapping[str, str], name: str | None) -> Draft:
    """Return the draft for an exposition of metrics; `where` says how it is reached.

    Raises:
        SourceError: none of its metrics is one that is known.

    """
    families = dict(_FAMILY.findall(sample.text))
    resource, total, free, by = _pair(families, sample.text)
    read = flow({"total": total, "free": free})
    inner = f"{{by: {flow(by)}, read: {read}}}"
    place = dict(where)
    if "openmetrics" in place:
        place["openmetrics"] = f"{{url: {place['openmetrics']}, samples: {inner}}}"
    else:
        place["samples"] = inner
    host = flow(sample.title)
    columns = (
        _time(sample),
        Line("host", f"{{constant: {host}}}", "from the source's name"),
        Line("resource", f"{{constant: {resource}}}"),
        Line("utilization_pct", "{difference: [1, {ratio: [free, total]}], unit: ratio}"),
    )
    unused = tuple(family for family in families if family not in (total, free))[:_SHOWN]
    reason = f"{free} and {total} tell how much {resource} is in use"
    return Draft(name or "resources", "resources", place, columns, (reason,), unused=unused)


def _time(sample: Sample) -> Line:
    if sample.taken_at is None:
        return Line("observed_at", "time")
    value = f'{{constant: "{sample.taken_at}"}}'
    return Line("observed_at", value, "check: when the file was written")


def _pair(families: Mapping[str, str], text: str) -> tuple[str, str, str, list[str]]:
    for resource, total, free, by in _PAIRS:
        if f"\n{total}" in text and f"\n{free}" in text:
            return resource, total, free, by
    told = ", ".join(list(families)[:_SHOWN]) or "no # TYPE line"
    raise SourceError(
        f"none of its metrics is known by name ({told} …): write the feed's `samples` and columns "
        "by hand; resources needs a share in use, request_windows counts of requests and failures"
    )


def of_prometheus(url: str, names: list[str], name: str | None) -> Draft:
    """Return the draft for a Prometheus server that has metrics of these names.

    Raises:
        SourceError: none of them is one that is known.

    """
    if "node_cpu_seconds_total" in names:
        asked = {"url": url, "step": "1 minute", "by": ["instance"], "read": {"cpu": _CPU}}
        columns = (
            Line("observed_at", "time"),
            Line("host", "instance"),
            Line("resource", "{constant: cpu}"),
            Line("utilization_pct", "cpu"),
        )
        return Draft(
            name or "resources",
            "resources",
            {"prometheus": flow(asked), "every": "1 minute"},
            columns,
            ("the server has node_exporter's node_cpu_seconds_total",),
        )
    counter = next((one for one in names if re.search(r"requests?_(total|count)$", one)), None)
    if counter is None:
        raise SourceError(
            f"none of its {len(names)} metrics is known by name: write the feed's queries by hand"
        )
    asked = {
        "url": url,
        "step": "1 minute",
        "by": ["job"],
        "read": {
            "requests": {"query": f"sum by (job) (increase({counter}[1m]))", "absent": 0},
        },
    }
    windows = (
        Line("window_start_at", "window_start"),
        Line("window_s", "{constant: 60}"),
        Line("service", "job"),
        Line("request_count", "requests"),
        Line("error_count", "{constant: 0}", "check: a query for the failures"),
    )
    return Draft(
        name or "request_windows",
        "request_windows",
        {"prometheus": flow(asked), "every": "1 minute"},
        windows,
        (f"{counter} counts requests",),
    )
