"""`anfl feeds status`: is my data coming in, feed by feed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from anfl_assets.cli.feed_files import feeds_option, known_feeds_path, load
from anfl_assets.cli.options import (
    as_of_option,
    current_moment,
    data_dir_option,
    json_option,
    print_json,
)
from anfl_assets.cli.render import NOTHING, console, count, duration, label, printable, table

if TYPE_CHECKING:
    from datetime import datetime

    from anfl_assets.flow.incoming import Incoming, Standing


def _state(each: Incoming) -> str:
    since = f" since {each.since:%m-%d %H:%M}" if each.since else ""
    return f"{_GLYPHS.get(each.state, '·')} {each.state}{since}"


_COLUMNS: dict[str, Callable[[Incoming], str]] = {
    "feed": lambda each: each.feed,
    "entity": lambda each: each.entity,
    "source": lambda each: label(each.address),
    "every": lambda each: each.every,
    "lag": lambda each: duration(each.lag_s),
    "rows/min": lambda each: NOTHING if each.rows_per_min is None else f"{each.rows_per_min:,.0f}",
    "refused": lambda each: count(each.refused),
    "state": _state,
}
_FEWER = ("feed", "every", "lag", "rows/min", "refused", "state")
_NUMERIC = ("every", "lag", "rows/min", "refused")
_ALL_FROM = 120
_GLYPHS = {
    "ok": "✔",
    "idle": "✔",
    "waiting": "·",
    "off": "·",
    "never": "·",
    "slow": "▲",
    "overdue": "▲",
    "down": "▲",
    "faulty": "✖",
}


@click.command
@feeds_option
@data_dir_option
@as_of_option
@json_option
def status(
    feeds_path: Path | None, data_dir: Path, *, as_of: datetime | None, as_json: bool
) -> None:
    """Show for each feed whether its data comes in: lag, rate, refused rows, what is wrong.

    Lag: how long ago a running system had told everything, or the last file landed.
    """
    from anfl_assets.flow.incoming import standing
    from anfl_assets.store.ledger import open_ledger
    from anfl_assets.store.workspace import open_workspace

    feeds = load(known_feeds_path(feeds_path, data_dir))
    workspace = open_workspace(data_dir)
    with open_ledger(workspace) as ledger:
        found = standing(workspace, ledger, feeds, now=current_moment(as_of))
    if as_json:
        print_json(asdict(found))
    else:
        _show(found)


def _show(found: Standing) -> None:
    out = console()
    headings = tuple(_COLUMNS) if out.width >= _ALL_FROM else _FEWER
    shown = table(*headings, numeric=_NUMERIC, whole=("feed", *_NUMERIC, "state"))
    for each in found.feeds:
        shown.add_row(*(_COLUMNS[heading](each) for heading in headings))
    out.print(shown)
    for (state, message), names in _told(found).items():
        named = names[0] if len(names) == 1 else f"{len(names)} feeds"
        out.print(printable(f"{_GLYPHS.get(state, '·')} {named}: {message}"))
    if any(each.is_live for each in found.feeds) and not found.is_collecting:
        out.print("collector not running: start `anfl collect --live` or `anfl up`")
    if len(headings) < len(_COLUMNS):
        out.print(f"{len(headings)} of {len(_COLUMNS)} columns fit; --json has them all")


def _told(found: Standing) -> dict[tuple[str, str], list[str]]:
    """Return what is to be said, once however many feeds it is said of: those feeds."""
    told: dict[tuple[str, str], list[str]] = {}
    for each in found.feeds:
        if each.message:
            told.setdefault((each.state, each.message), []).append(each.feed)
    return told
