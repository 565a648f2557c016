"""A data folder filled by a collector, and proof that each numbered row is in it exactly once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from anfl_assets.collect.feeds import load_feeds
from anfl_assets.flow.crash import CRASH_VARIABLE
from anfl_assets.store import lake
from anfl_assets.store.ledger import open_ledger
from anfl_assets.store.workspace import Workspace, open_workspace
from tests.integration.growing_source import FEED, is_bad, line, register

_PROJECT = Path(__file__).parents[2]
_COLLECT = """
import sys
from tests.integration.growing_source import register
from anfl_assets.cli.main import main
register()
main(sys.argv[1:])
"""


@dataclass(frozen=True)
class LiveFolder:
    """One organisation whose sources grow."""

    root: Path
    names: tuple[str, ...] = ("numbers",)

    @property
    def workspace(self) -> Workspace:
        """Its data folder."""
        return open_workspace(self.root / "data")

    def source(self, name: str = "numbers") -> Path:
        """The file a source appends to."""
        return self.root / f"{name}.jsonl"

    def write_feeds(self) -> Path:
        """Write the feeds file and empty sources; return the file."""
        register()
        text = "feeds:" + "".join(
            FEED.format(name=name, path=self.source(name)) for name in self.names
        )
        path = self.root / "feeds.yaml"
        path.write_text(text)
        load_feeds(path, {})
        for name in self.names:
            self.source(name).touch()
        return path

    def grow(self, numbers: Iterable[int], name: str = "numbers") -> None:
        """Append these numbers' rows."""
        with self.source(name).open("a") as file:
            file.writelines(line(number) for number in numbers)

    def arguments(self, *more: str) -> list[str]:
        """The command line of a collector."""
        return [sys.executable, "-c", _COLLECT, "collect", "--live", *more]

    def environment(self, crash_at: str = "") -> dict[str, str]:
        """Its environment."""
        return {
            **os.environ,
            CRASH_VARIABLE: crash_at,
            "PYTHONPATH": str(_PROJECT),
            "ANFL_FEEDS": str(self.root / "feeds.yaml"),
            "ANFL_DATA_DIR": str(self.root / "data"),
        }

    def collect_once(self, *, crash_at: str = "") -> subprocess.CompletedProcess[str]:
        """Run a collector that ends by itself, or is killed at the point."""
        return subprocess.run(
            self.arguments("--once"),
            env=self.environment(crash_at),
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )


def assert_each_is_there_once(place: LiveFolder, numbers: Sequence[int]) -> None:
    """Every good number once in the lake, every bad one once in quarantine, the sums whole."""
    rows = lake.read(place.workspace.table_path("requests"))
    landed = Counter() if rows is None else Counter(int(n) for n in rows["latency_ms"])
    assert landed == Counter(n for n in numbers if not is_bad(n))
    with open_ledger(place.workspace) as ledger:
        refused = Counter(abs(int(json.loads(row["body"])["n"])) for row in ledger.quarantined())
        loads = ledger.loads()
    assert refused == Counter(n for n in numbers if is_bad(n))
    assert {load["status"] for load in loads} <= {"landed"}
    assert sum(load["received"] for load in loads) == len(numbers)
    assert all(
        load["received"] == load["accepted"] + load["quarantined"] + load["duplicates"]
        for load in loads
    )
