"""Reading `feeds.yaml`: what an organisation's files are and what they mean.

Every fault is found in one pass and reported together. Places may use `${ANFL_NAME:-default}`,
secrets must (`expand.py`); nothing else is ever taken from the environment.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from anfl_assets.collect.feed import Feed, Feeds
from anfl_assets.collect.read_feed import read_feed
from anfl_assets.collect.read_organisation import read_organisation
from anfl_assets.config.expand import Environment
from anfl_assets.config.file import read_section
from anfl_assets.config.section import Section
from anfl_assets.errors import FeedError

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
FEED_NAME = "letters, digits, _ and -, beginning with a letter"


def load_feeds(path: Path, env: Mapping[str, str]) -> Feeds:
    """Read a feeds file.

    Raises:
        FeedError: with every fault of the file (and of the organisation's own file).

    """
    section = read_section(path, FeedError)
    folder = path.resolve().parent
    section.only(("organisation", "root", "feeds"))
    organisation = read_organisation(section, folder)
    environment = Environment(env)
    root = folder / environment.expanded(section, "root", section.text("root") or ".")
    feeds = tuple(_feeds(section, root, replace(environment, root=root)))
    if not feeds and not section.faults:
        section.fault("feeds", "at least one feed", "nothing")
    if section.faults:
        raise FeedError(section.faults)
    return Feeds(organisation, feeds, path.resolve())


def is_feed_name(name: str) -> bool:
    """Whether a feed may be called so: `FEED_NAME` says how."""
    return _NAME.fullmatch(name) is not None


def _feeds(section: Section, root: Path, env: Environment) -> list[Feed]:
    feeds = section.section("feeds")
    if feeds is None:
        return []
    found: list[Feed | None] = []
    for name in feeds.content:
        if not is_feed_name(name):
            feeds.fault(name, FEED_NAME, repr(name))
        inner = feeds.section(name)
        if inner is None:
            if feeds.content[name] is None:
                feeds.fault(name, "entity, files, columns …", "nothing")
            continue
        found.append(read_feed(inner, name, root=root, env=env))
    return [feed for feed in found if feed is not None]
