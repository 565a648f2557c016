"""The `prometheus` connector: a server's HTTP API, asked range queries on a grid of times.

What may be asked is in `prometheus_queries.py`, one pull in `prometheus_pull.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

from anfl_assets.collect.connect.connector import Connector, require_read
from anfl_assets.collect.connect.http import LIMITS, HttpReader, Limits
from anfl_assets.collect.connect.http_site import KEYS, Site, read_site
from anfl_assets.collect.connect.prometheus_pull import PrometheusPull
from anfl_assets.collect.connect.prometheus_queries import TIME, Queries, read_queries
from anfl_assets.config.expand import Environment
from anfl_assets.config.section import Section
from anfl_assets.store.workspace import Workspace

NAME = "prometheus"
_KEYS = (*KEYS, "step", "start", "lag", "by", "read", "histogram")


@dataclass(frozen=True)
class Prometheus(Connector):
    """A server and what is asked of it."""

    site: Site
    queries: Queries
    limits: Limits = LIMITS

    @property
    def address(self) -> str:
        """Its URL, without user and password."""
        return self.site.address

    @property
    def is_momentary(self) -> bool:
        """No: it keeps what it saw."""
        return False

    @property
    def key(self) -> tuple[str, ...]:
        """A point's time and labels, so that a corrected point replaces the first."""
        return (TIME, *self.queries.by)

    def open(self, workspace: Workspace, needed: tuple[str, ...]) -> PrometheusPull:
        """Prepare to ask; nothing is sent.

        Raises:
            SourceError: a needed column is not one that is read.

        """
        del workspace
        require_read(needed, self.queries.columns, self.address)
        return PrometheusPull(HttpReader(self.site, self.limits), self.queries)


def read_prometheus(feed: Section, env: Environment) -> Prometheus | None:
    """Return the connector of a feed with a `prometheus` section, None where it is at fault."""
    section = feed.section(NAME)
    if section is None:
        if feed.content[NAME] is None:
            feed.fault(NAME, "url and read", "nothing")
        return None
    section.only(_KEYS)
    site, queries = read_site(section, env), read_queries(section, feed)
    if site is None or queries is None:
        return None
    if "?" in site.url:
        section.fault("url", "no ? in it: the queries are added", site.address)
    return Prometheus(site, queries)
