"""The connectors by the key a feed names them with, and reading them from YAML."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from anfl_assets.collect.connect.connector import Connector
from anfl_assets.collect.connect.host import read_host
from anfl_assets.collect.connect.openmetrics import read_openmetrics
from anfl_assets.collect.connect.prometheus import read_prometheus
from anfl_assets.collect.connect.sql import read_sql
from anfl_assets.collect.connect.tail import read_tail
from anfl_assets.config.expand import Environment
from anfl_assets.config.section import Section

# A reader gets the feed's section and the environment, notes faults and returns None where it
# cannot read the connector.
CONNECTORS: Mapping[str, Callable[[Section, Environment], Connector | None]] = {
    "host": read_host,
    "openmetrics": read_openmetrics,
    "prometheus": read_prometheus,
    "sql": read_sql,
    "tail": read_tail,
}


def read_connector(feed: Section, env: Environment) -> Connector | None:
    """Return the connector a feed names, None for a feed of files; faults noted in its section."""
    named = [name for name in (*CONNECTORS, "files") if name in feed.content]
    if len(named) > 1:
        feed.fault(named[0], "one way in only", ", ".join(named))
        return None
    if not named or named == ["files"]:
        return None
    return CONNECTORS[named[0]](feed, env)
