"""How much of the processors a running `anfl up` takes, by service (Linux)."""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path

# A word of each service's command line; the first that fits names it.
_SERVICES = {
    "dagster._daemon": "daemon",
    "dagster_webserver": "pages",
    "api grpc": "code",
    "collect --live": "collector",
    "alerts sandbox": "sandbox",
    "cli watch": "watcher",
}


def cpu_s(parent: int) -> dict[str, float]:
    """Return the seconds of processor that each service below a process has taken until now."""
    found: dict[str, float] = defaultdict(float)
    for pid in _children(parent):
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        name = next((name for word, name in _SERVICES.items() if word in command), "others")
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        # utime, stime and those of children that have ended.
        found[name] += sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    return dict(found)


def _children(parent: int) -> list[int]:
    """Return everything a process has started, and what that has."""
    threads = Path(f"/proc/{parent}/task").glob("*/children")
    direct = [int(pid) for thread in threads for pid in thread.read_text().split()]
    return direct + [below for pid in direct for below in _children(pid)]
