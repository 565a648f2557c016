"""JSON and JSON Lines: records become source columns of text, numbers exactly as written.

A column is a key or a dotted path (`user.id`). A line that is no JSON object is a reject; NaN and
Infinity are no JSON. An absent key is null, but a key that no record of the file has is an error
unless only nullable columns read it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal

import polars as pl

from anfl_assets.collect.batch import BODY, LINE, Batch, Unsplit, unsplit_frame
from anfl_assets.collect.discover import FoundFile
from anfl_assets.collect.feed import Feed
from anfl_assets.collect.formats.header import optional_columns, require_columns
from anfl_assets.collect.formats.json_values import ABSENT, as_text, at, decode
from anfl_assets.collect.formats.unpack import text_blocks
from anfl_assets.errors import SourceError

RULE = "unreadable_json"
# `records` of a document that is itself the one record.
WHOLE = "."
_BATCH = 100_000


def read_jsonl(feed: Feed, found: FoundFile) -> Iterator[Batch]:
    """Yield the file's records, one a line; blank lines are no records.

    Raises:
        SourceError: encoding or archive are not as the feed says, or a column is in no record.

    """
    collector = JsonRows(feed.read, takes_all=feed.reads_all)
    for line, text in enumerate(_lines(text_blocks(found, feed.encoding)), start=1):
        collector.add_line(line, text)
        if collector.is_full:
            yield collector.take()
    yield collector.take()
    _require_seen(collector, feed, found)


def read_json(feed: Feed, found: FoundFile) -> Iterator[Batch]:
    """Yield the records of the array at `feed.records` (`.`: the document), or of the top level.

    Raises:
        SourceError: not JSON (with line and column), no array there, or as `read_jsonl`.

    """
    text = b"".join(text_blocks(found, feed.encoding)).decode()
    collector = JsonRows(feed.read, takes_all=feed.reads_all)
    for ordinal, record in enumerate(_records(text, feed, found), start=1):
        collector.add(ordinal, record, None)
        if collector.is_full:
            yield collector.take()
    yield collector.take()
    _require_seen(collector, feed, found)


class JsonRows:
    """Gathers records into batches and remembers which columns were ever seen.

    `names` become columns, as keys or dotted paths; with `takes_all` every other key does too.
    """

    def __init__(self, names: Sequence[str], *, takes_all: bool) -> None:
        """Begin with no record."""
        self._takes_all = takes_all
        self._paths = {name: tuple(name.split(".")) for name in names}
        self._seen: dict[str, None] = {}
        self._keys: dict[str, None] = {}
        self._has_records = False
        self._clear()

    def _clear(self) -> None:
        self._columns: dict[str, list[str | None]] = {name: [] for name in self._paths}
        self._lines: list[int] = []
        self._bodies: list[str] = []
        self._rejects: list[Unsplit] = []

    @property
    def is_full(self) -> bool:
        """Whether what was gathered is a batch."""
        return len(self._lines) + len(self._rejects) >= _BATCH

    @property
    def seen(self) -> list[str] | None:
        """The columns and keys that any record so far had; None while there was no record."""
        return list(dict.fromkeys((*self._seen, *self._keys))) if self._has_records else None

    def reject(self, record: Unsplit) -> None:
        """Set a record aside."""
        self._rejects.append(record)

    def add_line(self, line: int, text: str) -> None:
        """Add the record that a line holds, or reject it; a blank line is no record."""
        if not text.strip():
            return
        try:
            record = decode(text)
        except (ValueError, RecursionError) as error:
            self.reject(Unsplit(line, RULE, f"not JSON: {error}", text))
        else:
            self.add(line, record, text)

    def add(self, line: int, record: object, text: str | None) -> None:
        """Add a record as decoded, with the text it was read from where there is one."""
        body = text if text is not None else json.dumps(record, default=float)
        if not isinstance(record, dict):
            self.reject(Unsplit(line, RULE, "not a JSON object", body))
            return
        self._has_records = True
        self._keys |= dict.fromkeys(record)
        self._lines.append(line)
        self._bodies.append(body)
        if self._takes_all:
            self._add_columns(record)
        for name, path in self._paths.items():
            value = at(record, name, path)
            if value is not ABSENT:
                self._seen[name] = None
            self._columns[name].append(as_text(value))

    def _add_columns(self, record: dict[str, object]) -> None:
        """Give every key of a record a column: a step looks at them all."""
        for name in [key for key in record if key not in self._paths]:
            self._paths[name] = (name,)
            self._columns[name] = [None] * (len(self._lines) - 1)

    def take(self) -> Batch:
        """Return what was gathered and begin the next batch."""
        rows = pl.DataFrame(
            {**self._columns, LINE: self._lines, BODY: self._bodies},
            schema={
                **dict.fromkeys(self._paths, pl.String()),
                LINE: pl.Int64(),
                BODY: pl.String(),
            },
        )
        batch = Batch(rows, unsplit_frame(self._rejects))
        self._clear()
        return batch


def _require_seen(collector: JsonRows, feed: Feed, found: FoundFile) -> None:
    if collector.seen is not None:
        names = dict.fromkeys((*collector.seen, *optional_columns(feed)))
        require_columns(feed, list(names), where=found.relative)


def _lines(blocks: Iterator[bytes]) -> Iterator[str]:
    rest = b""
    for block in blocks:
        *whole, rest = (rest + block).split(b"\n")
        for line in whole:
            yield line.decode()
    if rest:
        yield rest.decode()


def _records(text: str, feed: Feed, found: FoundFile) -> list[object]:
    if not text.strip():
        return []
    try:
        document: object = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        msg = f"{found.relative}: not JSON: {error}"
        raise SourceError(msg) from error
    if feed.records == WHOLE:
        return [document]
    path = feed.records or ""
    array = at(document, path, tuple(path.split("."))) if path else document
    if not isinstance(array, list):
        msg = (
            f"{found.relative}: no array at {path or 'the top level'}; say the feed's `records` "
            f"(`{WHOLE}` where the whole document is one record)"
        )
        raise SourceError(msg)
    return array
