"""What alerting goes by: the policy, the channels, and whom the watcher tells.

An organisation writes it in `alerts.yaml` of its data folder, or in the file that `ANFL_ALERTS`
names. Without one the catalog's policy holds, and the sandbox stands in for every channel.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from anfl_assets.alert.policy import Policy
from anfl_assets.alert.read_policy import KEYS, read_policy
from anfl_assets.catalog import Catalog, load_catalog
from anfl_assets.config.expand import Environment
from anfl_assets.config.file import read_section
from anfl_assets.config.section import Section, nearest
from anfl_assets.deliver.channels import Channels
from anfl_assets.errors import AlertsError, Fault
from anfl_assets.flow.alerting.feeds_told import FeedsTold, feeds_path, feeds_told
from anfl_assets.flow.alerting.last_good import LastGood
from anfl_assets.flow.alerting.places import alerts_path, written_path
from anfl_assets.flow.alerting.report_ways import KEY as REPORTS
from anfl_assets.flow.alerting.report_ways import read_reports
from anfl_assets.flow.clock import SYSTEM_CLOCK, Clock
from anfl_assets.store.alerts.records import Target
from anfl_assets.store.workspace import Workspace

PAGES_VARIABLE = "ANFL_PAGES_URL"
ALL_KEYS = ("channels", "contacts", "fallback", *KEYS, REPORTS, "watch")


@dataclass(frozen=True)
class Watch:
    """Whom the watcher tells when alerting itself is dead or stuck, and how."""

    channel: str
    contact: str


@dataclass(frozen=True)
class Settings:
    """Everything alerting goes by; `path` is the file it comes from, None where there is none.

    `reports` is whom the executive digest goes to. `problem` says in words what could not be known
    (a feeds file with a fault), else empty.
    """

    policy: Policy
    channels: Channels
    watch: Watch
    path: Path | None = None
    problem: str = ""
    told: FeedsTold = field(default_factory=FeedsTold)
    reports: tuple[Target, ...] = ()


def load_settings(
    workspace: Workspace,
    environ: Mapping[str, str],
    *,
    policy_path: Path | None = None,
    before: FeedsTold | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> Settings:
    """Read the settings of a data folder; `policy_path` in place of the folder's own file.

    `before` is what the feeds file said when it could last be read: it holds while it cannot.

    Raises:
        AlertsError: the file is wrong, with every fault of it, or a variable is.
    """
    catalog = load_catalog()
    path = policy_path or written_path(workspace.root, environ)
    told, problem = feeds_told(workspace, environ, catalog)
    told = before if problem and before is not None else told
    settings = _read(path, catalog, environ, told=told, clock=clock)
    return replace(settings, problem=problem, told=told)


def policy_in_any_case(workspace: Workspace, environ: Mapping[str, str]) -> tuple[Policy, str]:
    """Return a policy for what a person answers, and what is wrong with the organisation's file.

    An acknowledgement must not wait until somebody mends it. An incident has the policy it opened
    with; the catalog's is enough to say what it is about.
    """
    try:
        return load_settings(workspace, environ).policy, ""
    except AlertsError as error:
        catalog = load_catalog()
        told, _ = feeds_told(workspace, environ, catalog)
        bare = {name: text for name, text in environ.items() if name != PAGES_VARIABLE}
        return _read(None, catalog, bare, told=told, clock=SYSTEM_CLOCK).policy, str(error)


def settings_files(workspace: Workspace, environ: Mapping[str, str]) -> Iterable[Path]:
    """Return the files settings come from: a change of one of them makes them others."""
    feeds = feeds_path(workspace)
    return (
        alerts_path(workspace.root, environ),
        # What a feeds file says of its organisation may stand in a file of its own beside it.
        *(sorted(feeds.parent.glob("*.y*ml")) if feeds else ()),
    )


@dataclass
class _Loader:
    """Loads settings again and again, and knows what the feeds file said when it was right."""

    workspace: Workspace
    environ: Mapping[str, str]
    told: FeedsTold | None = None

    def __call__(self) -> Settings:
        found = load_settings(self.workspace, self.environ, before=self.told)
        self.told = found.told if not found.problem else self.told
        return found


def kept_settings(workspace: Workspace, environ: Mapping[str, str]) -> LastGood[Settings]:
    """Return the settings as a process that goes on needs them: a broken edit changes nothing."""
    return LastGood(_Loader(workspace, environ), lambda: settings_files(workspace, environ))


def settings_faults(path: Path, environ: Mapping[str, str]) -> list[Fault]:
    """Return everything that is wrong with an `alerts.yaml`, nothing where it can be used."""
    try:
        _read(path, load_catalog(), environ, told=FeedsTold(), clock=SYSTEM_CLOCK)
    except AlertsError as error:
        return error.faults
    return []


def _read(
    path: Path | None,
    catalog: Catalog,
    environ: Mapping[str, str],
    *,
    told: FeedsTold,
    clock: Clock,
) -> Settings:
    from anfl_assets.deliver.read_channels import read_channels

    section = None if path is None else read_section(path, AlertsError)
    if section is not None:
        section.only(ALL_KEYS)
    environment = Environment(environ, Path() if path is None else path.parent)
    channels = read_channels(section, environment, clock=clock.now)
    policy = read_policy(
        catalog,
        section,
        feeds=told.feeds,
        following=channels.following,
        organisation=told.organisation,
        is_simulated=told.is_simulated,
        link=_pages(environ),
    )
    watch = _watch(section, policy, channels)
    reports = read_reports(section, channels)
    if section is not None and section.faults:
        raise AlertsError(section.faults)
    policy = replace(
        policy,
        maintenance=(*policy.maintenance, *told.maintenance),
        unlike_feeds=told.unlike_feeds,
    )
    return Settings(policy, channels, watch, path, reports=reports)


def _watch(section: Section | None, policy: Policy, channels: Channels) -> Watch:
    """Read whom the watcher tells: first of the worst severity's ladder, on its last channel."""
    worst = next(iter(policy.severities.values()))
    own = section.section("watch") if section else None
    default = Watch(_last_open(worst.channels, channels), worst.ladder[0])
    if own is None:
        return default
    own.only(("channel", "contact"))
    channel, contact = own.text("channel"), own.text("contact")
    known = channels.openings
    if channel is not None and channel not in known and not channels.is_sandbox:
        own.fault("channel", f"one of {', '.join(known)}{nearest(channel, known)}")
    return Watch(channel or default.channel, contact or default.contact)


def _last_open(wanted: tuple[str, ...], channels: Channels) -> str:
    """Return the channel least like the one that pages: if that is dead this may not be."""
    return next((name for name in reversed(wanted) if name in channels.openings), wanted[-1])


def _pages(environ: Mapping[str, str]) -> str | None:
    address = environ.get(PAGES_VARIABLE, "").strip().rstrip("/")
    if address and not address.startswith(("http://", "https://")):
        expected = "the address of the pages, such as https://metrics.example.org"
        raise AlertsError([Fault("(environment)", PAGES_VARIABLE, repr(address)[:80], expected)])
    return address or None
