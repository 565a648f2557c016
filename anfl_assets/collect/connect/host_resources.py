"""How busy this machine is: processors, memory, disk and network, in percent of their capacity.

Processors and network are shares over the time since the last pull, from the kernel's counters;
what has no known capacity (a network interface without a link speed) is left out.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol, cast

import polars as pl
import psutil

from anfl_assets.collect.batch import LINE, Batch, unsplit_frame
from anfl_assets.collect.connect.connector import Pull, Pulled
from anfl_assets.frames import TABLES

# A share needs some time to be one of; over more than this it says nothing of now.
_SHORTEST_S = 0.2
_LONGEST_S = 300.0
# Images of disks are always full and never fill up.
_IMAGES = ("squashfs", "iso9660", "udf", "cramfs", "erofs")
_BITS, _MEGA = 8, 1_000_000


@dataclass(frozen=True)
class Sample:
    """The counters at one moment: seconds of processor time, bytes sent and received so far.

    `at_s` is on a clock that never jumps; `moved` is by network interface.
    """

    at_s: float
    busy_s: float
    total_s: float
    moved: Mapping[str, tuple[int, int]]


@dataclass(frozen=True)
class Link:
    """What a network interface can do; `is_shared`: it sends or receives, not both at once."""

    bytes_per_s: float
    is_shared: bool


class ResourcesPull(Pull):
    """Keeps the last sample, so that a pull never waits for the next but the first time."""

    def __init__(self, data_dir: Path) -> None:
        """Take the first sample."""
        self._data_dir = data_dir
        self._last = _sample()

    def pull(self, cursor: str | None, *, now: datetime) -> Pulled:
        """Return one row for each resource with a known capacity, observed at `now`."""
        del cursor
        before = self._last
        age_s = time.monotonic() - before.at_s
        if age_s > _LONGEST_S:
            before, age_s = _sample(), 0.0
        if age_s < _SHORTEST_S:
            time.sleep(_SHORTEST_S - age_s)
        self._last = _sample()
        memory = psutil.virtual_memory()
        shares = {
            "cpu": processor_pct(before, self._last),
            "memory": 100 * (1 - memory.available / memory.total),
            "disk": _fullest_pct(self._data_dir),
            "network": network_pct(before, self._last, _links()),
        }
        known = {name: bounded(share) for name, share in shares.items() if share is not None}
        rows = pl.DataFrame(
            {
                "observed_at": [now] * len(known),
                "host": [platform.node()] * len(known),
                "resource": list(known),
                "utilization_pct": list(known.values()),
                LINE: range(1, len(known) + 1),
            },
            schema={**TABLES["resources"].schema, LINE: pl.Int64()},
        )
        return Pulled(Batch(rows, unsplit_frame([])), "{}", now)

    def close(self) -> None:
        """Nothing is held."""


def bounded(share: float) -> float:
    """Return a share between 0 and 100: counters are read one after another, not all at once."""
    return min(max(share, 0.0), 100.0)


def processor_pct(before: Sample, after: Sample) -> float | None:
    """Return the busy share of all cores between two samples (%); None where no time passed."""
    total = after.total_s - before.total_s
    return 100 * (after.busy_s - before.busy_s) / total if total > 0 else None


def network_pct(before: Sample, after: Sample, links: Mapping[str, Link]) -> float | None:
    """Return the busiest interface's share of its link speed, in its busier direction (%).

    None where no interface has a speed. An interface whose counters went back (it was taken away
    and came again) is left out this time.
    """
    elapsed = after.at_s - before.at_s
    shares: list[float] = []
    for name, link in links.items():
        if elapsed <= 0 or name not in before.moved or name not in after.moved:
            continue
        pairs = zip(before.moved[name], after.moved[name], strict=True)
        sent, received = (now - then for then, now in pairs)
        if min(sent, received) >= 0:
            moved = sent + received if link.is_shared else max(sent, received)
            shares.append(100 * moved / elapsed / link.bytes_per_s)
    return max(shares, default=None)


class _ProcessorTimes(Protocol):
    """What psutil counts on every system it knows."""

    idle: float

    def _asdict(self) -> dict[str, float]: ...


def _sample() -> Sample:
    times = cast("_ProcessorTimes", psutil.cpu_times())._asdict()
    # Linux counts a guest's time within user and nice already.
    total = sum(times.values()) - times.get("guest", 0.0) - times.get("guest_nice", 0.0)
    waiting = times["idle"] + times.get("iowait", 0.0)
    moved = {
        name: (count.bytes_sent, count.bytes_recv)
        for name, count in psutil.net_io_counters(pernic=True).items()
    }
    return Sample(time.monotonic(), total - waiting, total, moved)


def _links() -> dict[str, Link]:
    return {
        name: Link(link.speed * _MEGA / _BITS, link.duplex == psutil.NIC_DUPLEX_HALF)
        for name, link in psutil.net_if_stats().items()
        if link.isup and link.speed > 0
    }


def _fullest_pct(data_dir: Path) -> float | None:
    """Return how full the fullest disk is (%): the physical ones, and the data folder's."""
    places = [str(data_dir)] + [
        disk.mountpoint
        for disk in psutil.disk_partitions(all=False)
        if disk.fstype not in _IMAGES and "ro" not in disk.opts.split(",")
    ]
    return max((share for place in places if (share := _full_pct(place)) is not None), default=None)


def _full_pct(place: str) -> float | None:
    try:
        usage = psutil.disk_usage(place)
    except OSError:
        return None
    # Of what a user can have: the system keeps some of `total` for itself.
    usable = usage.used + usage.free
    return 100 * usage.used / usable if usable else None
