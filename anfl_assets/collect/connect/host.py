"""This machine: its resources, what answers on it and elsewhere, and our own builds.

    host: resources             # entity resources
    host: builds                # entity scalings or work_items
    host: {probes: [...]}       # entity probes; `host_probe.py`

The rows come under their canonical names with typed times: a feed needs no `columns`. The
decisions are record 0037.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from anfl_assets.collect.connect.connector import Connector, Pull
from anfl_assets.collect.connect.host_builds import SCALINGS, WORK_ITEMS, BuildsPull
from anfl_assets.collect.connect.host_probe import Probe, read_probes
from anfl_assets.collect.connect.host_probes import ProbesPull
from anfl_assets.collect.connect.host_resources import ResourcesPull
from anfl_assets.config.expand import Environment
from anfl_assets.config.section import Section
from anfl_assets.frames import TABLES
from anfl_assets.store.workspace import Workspace

_BRINGS = {
    "resources": ("resources",),
    "probes": ("probes",),
    "builds": (SCALINGS.entity, WORK_ITEMS.entity),
}
_TIMEOUT = timedelta(seconds=2)
_LONGEST = timedelta(minutes=1)
_FORMS = "resources, builds, or a mapping with probes and timeout"


@dataclass(frozen=True)
class Resources(Connector):
    """How busy this machine's processors, memory, disks and network are."""

    is_momentary = True
    address = "this machine's resources"
    columns = tuple(TABLES["resources"].schema)

    def open(self, workspace: Workspace, needed: tuple[str, ...]) -> Pull:
        """Open it; the data folder's filesystem counts among the disks."""
        del needed
        return ResourcesPull(workspace.root)


@dataclass(frozen=True)
class Probes(Connector):
    """Whether pages and ports answer; all are asked at once, none waited for past `timeout`."""

    probes: tuple[Probe, ...]
    timeout: timedelta = _TIMEOUT

    is_momentary = True
    columns = tuple(TABLES["probes"].schema)

    @property
    def address(self) -> str:
        """Every place that is asked."""
        return ", ".join(probe.address for probe in self.probes)

    def open(self, workspace: Workspace, needed: tuple[str, ...]) -> Pull:
        """Open it."""
        del workspace, needed
        return ProbesPull(self.probes, self.timeout.total_seconds())


@dataclass(frozen=True)
class Builds(Connector):
    """Our own builds as rows of `entity`: scalings or work_items."""

    entity: str

    # A run that told of runs would have something new each time, and build because of it.
    is_momentary = True
    address = "our own builds"
    key = ("build",)

    @property
    def columns(self) -> tuple[str, ...]:
        """The entity's own."""
        return tuple(TABLES[self.entity].schema)

    def open(self, workspace: Workspace, needed: tuple[str, ...]) -> Pull:
        """Open the ledger.

        Raises:
            WorkspaceError: it cannot be opened.

        """
        del needed
        return BuildsPull(workspace, TABLES[self.entity])


def read_host(feed: Section, env: Environment) -> Connector | None:
    """Return what a feed's `host` asks for; faults noted in its section."""
    kind = "probes" if isinstance(feed.content["host"], Mapping) else feed.choice("host", _BRINGS)
    if kind is None:
        if feed.content["host"] is None:
            feed.fault("host", _FORMS)
        return None
    entity = feed.text("entity")
    if entity in TABLES and entity not in _BRINGS[kind]:
        feed.fault("entity", f"{' or '.join(_BRINGS[kind])}: that is what host {kind} can be")
        return None
    if kind == "resources":
        return Resources()
    return Builds(entity or "") if kind == "builds" else _read_probing(feed, env)


def _read_probing(feed: Section, env: Environment) -> Probes | None:
    section = feed.section("host")
    if section is None:
        feed.fault("host", "a mapping with probes: [{component: …, url: …}]")
        return None
    section.only(("probes", "timeout"))
    probes = read_probes(section, env)
    period = section.period("timeout")
    length = _TIMEOUT if period is None else period.length
    if length is None or length > _LONGEST:
        section.fault("timeout", "between 1 second and 1 minute")
        return None
    return Probes(probes, length) if probes else None
