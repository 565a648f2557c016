"""Reading `feeds.yaml`: what an organisation's files are and what they mean.

Every fault is found in one pass and reported together. Paths may use `${ANFL_NAME:-default}`;
nothing else is ever taken from the environment.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from anfl_assets.collect.feed import Feed, Feeds
from anfl_assets.collect.read_feed import read_feed
from anfl_assets.collect.read_organisation import read_organisation
from anfl_assets.collect.yaml_section import Section, read_section
from anfl_assets.errors import FeedError

_VARIABLE = re.compile(r"\$\{(\w*)(?::-([^}]*))?\}")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


def load_feeds(path: Path, env: Mapping[str, str]) -> Feeds:
    """Read a feeds file.

    Raises:
        FeedError: with every fault of the file (and of the organisation's own file).

    """
    section = read_section(path)
    folder = path.resolve().parent
    section.only(("organisation", "root", "feeds"))
    organisation = read_organisation(section, folder)
    root = folder / _expanded(section, "root", section.text("root") or ".", env)
    feeds = tuple(_feeds(section, root, env))
    if not feeds and not section.faults:
        section.fault("feeds", "at least one feed", "nothing")
    if section.faults:
        raise FeedError(section.faults)
    return Feeds(organisation, feeds, path.resolve())


def _feeds(section: Section, root: Path, env: Mapping[str, str]) -> list[Feed]:
    feeds = section.section("feeds")
    if feeds is None:
        return []
    found: list[Feed | None] = []
    for name in feeds.content:
        if not _NAME.fullmatch(name):
            feeds.fault(name, "letters, digits, _ and -, beginning with a letter", repr(name))
        inner = feeds.section(name)
        if inner is None:
            if feeds.content[name] is None:
                feeds.fault(name, "entity, files, columns …", "nothing")
            continue
        files = tuple(
            _expanded(inner, "files", pattern, env) for pattern in inner.texts("files") or ()
        )
        found.append(read_feed(inner, name, root=root, files=files))
    return [feed for feed in found if feed is not None]


def _expanded(section: Section, key: str, text: str, env: Mapping[str, str]) -> str:
    """Replace `${ANFL_NAME}` and `${ANFL_NAME:-default}`; other names are a fault."""

    def value(match: re.Match[str]) -> str:
        name, default = match[1], match[2]
        if not name.startswith("ANFL_"):
            section.fault(key, "only variables whose name begins with ANFL_", match[0])
            return ""
        found = env.get(name) or default
        if found is None:
            section.fault(key, f"{name} to be set, or ${{{name}:-default}}", f"{name} is not set")
        return found or ""

    return _VARIABLE.sub(value, text)
