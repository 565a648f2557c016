"""`anfl feeds`: check a feeds file, preview what a feed would land, start a file to fill in.

Only what a person sees; reading and judging is the collect package's.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from anfl_assets.cli.feed_files import (
    feeds_option,
    files_of,
    known_feeds_path,
    load,
    named_feed,
)
from anfl_assets.cli.feed_preview import Preview, preview_of
from anfl_assets.cli.feeds_infer import command as infer_command
from anfl_assets.cli.feeds_status import status
from anfl_assets.cli.options import (
    as_of_option,
    current_moment,
    data_dir_option,
    json_option,
    print_json,
)
from anfl_assets.cli.render import NOTHING, console, count, table
from anfl_assets.errors import Fault, FeedError, SourceError

if TYPE_CHECKING:
    from datetime import datetime

    import polars as pl

    from anfl_assets.collect.feed import Feed, Feeds

_FAULTY = 2
_SHOWN_REJECTS = 20
_SHOWN_CELL = 40


@click.group(name="feeds")
def command() -> None:
    """Check a feeds file, preview what a feed would land, see whether data comes in."""


command.add_command(status)


command.add_command(infer_command)


@command.command
@feeds_option
@data_dir_option
@json_option
@click.pass_context
def check(ctx: click.Context, feeds_path: Path | None, data_dir: Path, *, as_json: bool) -> None:
    """Check the file, its globs and the header of each feed's first file; exit code 2 if faulty."""
    path = known_feeds_path(feeds_path, data_dir)
    try:
        feeds = load(path)
    except FeedError as error:
        if not as_json:
            raise
        _print_check(path, [], error.faults)
        ctx.exit(_FAULTY)
    rows, faults = _look_at_files(feeds)
    if as_json:
        _print_check(path, rows, faults)
        ctx.exit(_FAULTY if faults else 0)
    listed = table("feed", "entity", "files", "format", "state", numeric=("files",))
    for row in rows:
        cells = [str(row[name]) for name in ("feed", "entity", "files")]
        shape = str(row["format"] or NOTHING)
        listed.add_row(*cells, shape, "ok" if row["message"] is None else "faulty")
    console().print(listed)
    if faults:
        raise FeedError(faults)
    click.echo(f"{path}: {len(rows)} feed{'' if len(rows) == 1 else 's'}, no fault")


@command.command
@click.argument("feed_name", metavar="FEED")
@feeds_option
@data_dir_option
@as_of_option
@click.option("--rows", "row_count", default=5, show_default=True, type=click.IntRange(0))
@click.option("--file", "file_name", help="One of the feed's files (default: the first).")
@json_option
def preview(
    feed_name: str,
    feeds_path: Path | None,
    data_dir: Path,
    *,
    as_of: datetime | None,
    row_count: int,
    file_name: str | None,
    as_json: bool,
) -> None:
    """Show the first rows a feed would hand to validation, and rejects with their reasons."""
    feeds = load(known_feeds_path(feeds_path, data_dir))
    feed = named_feed(feeds, feed_name)
    found = preview_of(
        feed, feeds, file_name=file_name, data_dir=data_dir, now=current_moment(as_of)
    )
    collected = found.collected
    if as_json:
        _print_preview(feed, found, row_count)
        return
    click.echo(f"{found.title} as {feed.entity}:")
    _show(collected.rows.head(row_count))
    if collected.rejects.height:
        click.echo("refused:")
        _show(collected.rejects.head(_SHOWN_REJECTS))
    counts = (
        f"{count(collected.received)} received = {count(collected.rows.height)} rows + "
        f"{count(collected.rejects.height)} refused; {count(collected.filtered)} filtered"
    )
    click.echo(counts)


@command.command
@click.argument("name", metavar="SOURCE_OR_ENTITY")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the CSV there instead of to standard output.",
)
def template(name: str, output: Path | None) -> None:
    """Print a CSV to fill in, and the feed that reads it."""
    from anfl_assets.collect.template import entity_of, feed_snippet
    from anfl_assets.collect.template import template as template_of
    from anfl_assets.config.section import nearest
    from anfl_assets.frames import SOURCES, TABLES

    entity = entity_of(name)
    if entity is None:
        known = (*SOURCES, *TABLES)
        raise click.UsageError(
            f"no source or entity {name!r}; one of {', '.join(known)}{nearest(name, known)}"
        )
    if output is None:
        click.echo(template_of(entity), nl=False)
        click.echo(f"# for feeds.yaml:\n{feed_snippet(entity)}", err=True, nl=False)
        return
    try:
        with output.open("x", encoding="utf-8") as file:
            file.write(template_of(entity))
    except OSError as error:
        raise click.UsageError(f"{output}: {error.strerror}") from error
    click.echo(f"wrote {output}; for feeds.yaml:\n{feed_snippet(entity)}", nl=False)


def _look_at_files(feeds: Feeds) -> tuple[list[dict[str, object]], list[Fault]]:
    rows: list[dict[str, object]] = []
    faults: list[Fault] = []
    for feed in feeds.feeds:
        row = _look_at_feed(feed)
        rows.append(row)
        if row["message"] is not None:
            expected = "files that can be read as the feed says"
            key = f"feeds.{feed.name}"
            faults.append(Fault(str(feeds.path), key, str(row["message"]), expected))
    return rows, faults


def _look_at_feed(feed: Feed) -> dict[str, object]:
    from anfl_assets.collect.look import look_at

    row: dict[str, object] = {
        "feed": feed.name,
        "source": feed.source,
        "entity": feed.entity,
        "files": 0,
        "first_file": None,
        "format": feed.format,
        "columns": [],
        "message": None,
    }
    if feed.connector is not None:
        # Only a pull tells whether it answers; that is preview's.
        row |= {"first_file": feed.connector.address, "format": "live"}
        return row
    try:
        files = files_of(feed)
        row |= {"files": len(files), "first_file": files[0].relative}
        look = look_at(feed, files[0])
        row |= {"format": look.format, "columns": list(look.columns)}
    except SourceError as error:
        row["message"] = str(error)
    return row


def _print_check(path: Path, rows: list[dict[str, object]], faults: list[Fault]) -> None:
    print_json(
        {
            "feeds_path": str(path),
            "is_ok": not faults,
            "feeds": rows,
            "faults": [asdict(fault) for fault in faults],
        }
    )


def _print_preview(feed: Feed, found: Preview, row_count: int) -> None:
    collected = found.collected
    print_json(
        {
            "feed": feed.name,
            "entity": feed.entity,
            "path": found.place,
            "received": collected.received,
            "filtered": collected.filtered,
            "refused": collected.rejects.height,
            "rows": collected.rows.head(row_count).to_dicts(),
            "rejects": collected.rejects.head(_SHOWN_REJECTS).to_dicts(),
        }
    )


def _show(rows: pl.DataFrame) -> None:
    shown = table(*rows.columns)
    for row in rows.iter_rows():
        shown.add_row(*(_cell(value) for value in row))
    console().print(shown)


def _cell(value: object) -> str:
    text = "–" if value is None else str(value)
    return text if len(text) <= _SHOWN_CELL else text[:_SHOWN_CELL] + "…"
