"""`anfl quarantine replay`: refused rows tried again once what refused them is mended."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Self

import click

from anfl_assets.cli.options import (
    as_of_option,
    current_moment,
    data_dir_option,
    existing_workspace,
    json_option,
    print_json,
)
from anfl_assets.cli.render import console, count, printable, table
from anfl_assets.errors import UserError

if TYPE_CHECKING:
    from datetime import datetime

    from rich.table import Table

    from anfl_assets.collect.feed import Feed, Feeds
    from anfl_assets.flow.replay import ReplayProgress, ReplayReport
    from anfl_assets.store.workspace import Workspace

EMPTY = "no row is in quarantine"
_FAULTY = 2


@click.command
@data_dir_option
@click.option("--feed", "feed_name", help="Only rows of this feed.")
@click.option("--load", "load_id", type=click.IntRange(1), help="Only rows of this load.")
@click.option("--rule", help="Only rows refused by this rule.")
@click.option("--dry-run", is_flag=True, help="Say what would land; land nothing.")
@as_of_option
@json_option
@click.pass_context
def replay(  # noqa: PLR0913 - one parameter for each option
    ctx: click.Context,
    /,
    *,
    data_dir: Path,
    feed_name: str | None,
    load_id: int | None,
    rule: str | None,
    dry_run: bool,
    as_of: datetime | None,
    as_json: bool,
) -> None:
    """Try refused rows again with their feed as it is now, and land those that are good.

    Exit code 2: some files must be read again first, with `anfl run`.
    """
    from anfl_assets.cli.feed_files import known_feeds_path, load
    from anfl_assets.flow import replay as replaying
    from anfl_assets.flow.rejudge import Wanted

    workspace = existing_workspace(data_dir)
    feeds = load(known_feeds_path(None, data_dir))
    chosen = _chosen(workspace, feeds, feed_name, load_id)
    wanted = Wanted(load_id, None if rule is None else frozenset({rule}))
    work = replaying.rehearse if dry_run else replaying.replay
    with _Reading() as reading:
        reports = work(
            workspace, feeds, chosen, wanted, now=current_moment(as_of), on_progress=reading
        )
    if as_json:
        print_json([asdict(report) for report in reports])
    else:
        _show(reports, landed="would land" if dry_run else "landed")
    ctx.exit(_FAULTY if any(report.status == "waiting" for report in reports) else 0)


def _chosen(
    workspace: Workspace, feeds: Feeds, feed_name: str | None, load_id: int | None
) -> list[Feed]:
    """Return the feeds that are meant and have rows in quarantine."""
    from anfl_assets.cli.feed_files import named_feed
    from anfl_assets.store.ledger import open_ledger

    with open_ledger(workspace) as ledger:
        full = {row["feed"] for row in ledger.quarantine_summary()}
        of = {load["load_id"]: load["feed"] for load in ledger.loads()} if load_id else {}
    if load_id is not None:
        if load_id not in of:
            raise UserError(f"load {load_id}: there is none; `anfl loads` lists them")
        feed_name = feed_name or of[load_id]
    if feed_name is not None:
        feed = named_feed(feeds, feed_name)
        return [feed] if feed_name in full else []
    return [feed for feed in feeds.feeds if feed.name in full]


class _Reading:
    """At a terminal, says how many rows were read so far, for as long as it takes."""

    def __init__(self) -> None:
        out = console(to_stderr=True)
        self._status = out.status("reading refused rows") if out.is_terminal else None

    def __enter__(self) -> Self:
        if self._status is not None:
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._status is not None:
            self._status.stop()

    def __call__(self, progress: ReplayProgress) -> None:
        if self._status is not None:
            self._status.update(f"{progress.feed}: {count(progress.rows)} refused rows read")


def _show(reports: list[ReplayReport], *, landed: str) -> None:
    tried = [report for report in reports if report.tried]
    if not tried and not any(report.message for report in reports):
        click.echo(f"{EMPTY} that matches; `anfl quarantine list` shows feeds and rules")
        return
    out = console()
    if tried:
        out.print(_table(tried, landed))
    for report in reports:
        for remark in _remarks(report):
            out.print(f"▲ {report.feed}: {remark}")
    if any(report.loads for report in reports):
        out.print("`anfl run` computes again the days on which rows landed")
    if any(report.refused for report in tried):
        out.print("`anfl quarantine list` says why rows are refused now")


def _table(tried: list[ReplayReport], landed: str) -> Table:
    numeric = ("tried", landed, "duplicates", "refused", "not replayable")
    shown = table("feed", *numeric, numeric=numeric)
    for report in tried:
        unusable = sum(report.unusable.values())
        counts = (report.tried, report.accepted, report.duplicates, report.refused, unusable)
        shown.add_row(report.feed, *map(count, counts))
    return shown


def _remarks(report: ReplayReport) -> list[str]:
    told = [report.message] if report.message else []
    for reason, rows in report.unusable.items():
        noun = f"{count(rows)} row{'s' * (rows > 1)}"
        told.append(f"{noun} cannot be replayed here: {printable(reason)}")
    return told
