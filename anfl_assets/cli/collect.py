"""`anfl collect --live`: ask running systems without end and keep what they say, in this process.

The feeds file is looked at again and again: once it was edited without fault, the process begins
anew with it, under the same process id.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from anfl_assets.cli.feed_files import feeds_option, named_feed
from anfl_assets.cli.folder import settle_feeds
from anfl_assets.cli.options import current_moment, data_dir_option
from anfl_assets.cli.render import printable
from anfl_assets.errors import FeedError, WorkspaceError

if TYPE_CHECKING:
    from anfl_assets.collect.feed import Feed, Feeds
    from anfl_assets.flow.collector import Collector
    from anfl_assets.flow.land_round import Lander
    from anfl_assets.flow.live_feed import LiveFeed

_PATIENCE_S = 12.0
_LANDING_S = 600.0
# A collector that is just ending, or a run that asks the sources itself, is waited for.
_PLACE_WAIT_S = 30.0
_FAULTY = 2


@click.command
@click.option("--live", is_flag=True, help="Ask running systems without end, until Ctrl-C.")
@click.option("--feed", "names", multiple=True, metavar="NAME", help="Only this feed (repeatable).")
@click.option("--once", is_flag=True, help="Ask each feed for all it has, land it and end.")
@click.option(
    "--commit-every",
    "commit_every_s",
    default=60.0,
    show_default=True,
    type=click.FloatRange(1),
    help="Seconds between commits to the lake.",
)
@feeds_option
@data_dir_option
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    live: bool,
    names: tuple[str, ...],
    once: bool,
    commit_every_s: float,
    feeds_path: Path | None,
    data_dir: Path,
) -> None:
    """Collect from running systems: this machine, databases, Prometheus, growing files.

    Rows are safe once a poll has ended; `anfl feeds status` shows how each feed is doing.
    """
    if not live:
        raise click.UsageError("add --live; files are collected by `anfl run`")
    from anfl_assets.cli.feed_files import load
    from anfl_assets.flow.clock import SYSTEM_CLOCK
    from anfl_assets.flow.collector import Collector, Pace
    from anfl_assets.flow.land_round import Lander
    from anfl_assets.store.collector_lock import collecting, is_collecting
    from anfl_assets.store.ledger import open_ledger
    from anfl_assets.store.workspace import open_workspace

    workspace = open_workspace(data_dir)
    path = settle_feeds(workspace, feeds_path, as_of=None, now=current_moment(None), say=_say)
    feeds = load(path)
    chosen = _chosen(feeds, names)
    if is_collecting(workspace):
        _say(f"another process collects there; waiting up to {_PLACE_WAIT_S:.0f} s for its end")
    with collecting(workspace, wait_s=_PLACE_WAIT_S), open_ledger(workspace) as ledger:
        lander = Lander(workspace, ledger, feeds.organisation, SYSTEM_CLOCK)
        found, changes = _opened(lander, chosen), _change_watch(feeds.path)
        collector = Collector(found, lander, SYSTEM_CLOCK, _say, changes, Pace(commit_every_s))
        listen(_stopper(collector))
        code = _once(collector) if once else _until_stopped(collector)
    ctx.exit(code)


def _until_stopped(collector: Collector) -> int:
    has_changed = collector.run()
    _say("the feeds file has changed; beginning anew" if has_changed else "stopping")
    is_over = collector.finish(patience_s=_PATIENCE_S)
    sys.stdout.flush()
    if has_changed:
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - this process
    if not is_over:
        # A source that hangs, or a landing: whatever it holds is in the spool and comes next time.
        os._exit(0)
    return 0


def _once(collector: Collector) -> int:
    collector.run_once()
    collector.finish(patience_s=_LANDING_S)
    for state in collector.states:
        _say(f"{state.feed}: {state.state}, {state.rows_total} rows, {state.refused_total} refused")
    return _FAULTY if any(state.state == "faulty" for state in collector.states) else 0


def _chosen(feeds: Feeds, names: Sequence[str]) -> list[Feed]:
    chosen = [named_feed(feeds, name) for name in names] or list(feeds.feeds)
    live = [feed for feed in chosen if feed.connector is not None]
    if names and len(live) < len(chosen):
        files = ", ".join(feed.name for feed in chosen if feed.connector is None)
        raise click.UsageError(f"{files}: a feed of files; `anfl run` lands files")
    return live


def _opened(lander: Lander, chosen: Sequence[Feed]) -> list[LiveFeed]:
    from anfl_assets.flow.live_feed import live_feed
    from anfl_assets.store.feed_states import forget_states

    forget_states(lander.ledger)
    place = (lander.workspace, lander.ledger)
    found = [live_feed(*place, feed, lander.organisation) for feed in chosen]
    ending = "" if len(found) == 1 else "s"
    _say(f"collecting from {len(found)} feed{ending} into {lander.workspace.root}")
    if not found:
        _say("no feed asks a running system; waiting until the feeds file has one, or Ctrl-C")
    return [each for each in found if each is not None]


def _change_watch(path: Path) -> Callable[[], bool]:
    """Return a function that says whether the file was edited since, and is without fault."""
    from anfl_assets.cli.feed_files import load

    stamps = [_stamp(path)]

    def has_changed() -> bool:
        stamp = _stamp(path)
        if stamp == stamps[-1]:
            return False
        stamps.append(stamp)
        try:
            load(path)
        except (FeedError, WorkspaceError) as error:
            _say(f"the feeds file was changed and is not used until it is mended: {error}")
            return False
        return True

    return has_changed


def _stamp(path: Path) -> tuple[int, int]:
    try:
        state = path.stat()
    except OSError:
        return 0, 0
    return state.st_mtime_ns, state.st_size


def listen(stop: Callable[[int, FrameType | None], None]) -> None:
    """End in order when asked to; a closing terminal asks too, unless `nohup` said otherwise."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, stop)


def _stopper(collector: Collector) -> Callable[[int, FrameType | None], None]:
    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        collector.stop()

    return stop


def _say(line: str) -> None:
    # Other programs' words: what they say on further lines stays below its time.
    told = "\n  ".join(printable(part.expandtabs(2)) for part in line.splitlines())
    click.echo(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {told}")
    sys.stdout.flush()
