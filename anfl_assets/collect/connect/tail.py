"""Growing files: log files that a service writes while they are read, across rotation.

    tail: logs/gateway.jsonl    # a glob below root; every match is followed
    format: jsonl               # jsonl, csv, tsv, access_log; by suffix where not given

What has rotated away is read to its end first (renamed, copied and cut, compressed with gzip);
older archives that were there when following began are not asked for. `LINE` is the line's number
in its file; of an archive that was there already, from where following began. Record 0036.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from anfl_assets.collect.connect.connector import Connector, Pull
from anfl_assets.collect.connect.tail_pull import TailPull
from anfl_assets.collect.connect.tail_records import FORMATS, Records
from anfl_assets.collect.feed import SUFFIXES, Format
from anfl_assets.collect.read_files import check_glob
from anfl_assets.config.expand import Environment
from anfl_assets.config.section import Section
from anfl_assets.store.workspace import Workspace

# Keys of feeds of files that mean nothing where lines are read as they are written.
_NOT_HERE = ("encoding", "records", "header_rows")


@dataclass(frozen=True)
class Tail(Connector):
    """Files below `root` that match `pattern`, followed as they grow."""

    feed: str
    root: Path
    pattern: str
    records: Records

    is_momentary = False

    @property
    def address(self) -> str:
        """The glob."""
        return self.pattern

    def open(self, workspace: Workspace, needed: tuple[str, ...]) -> Pull:
        """Open it; files are opened and closed by each pull."""
        del workspace
        return TailPull(self.root, self.pattern, self.records.asked(needed, feed=self.feed))


def read_tail(feed: Section, env: Environment) -> Tail | None:
    """Return what a feed's `tail` follows; faults noted in its section."""
    text = feed.text("tail")
    if not text:
        feed.fault("tail", "a glob below root, such as logs/*.jsonl")
        return None
    pattern = env.expanded(feed, "tail", text)
    for key in _NOT_HERE:
        if key in feed.content:
            feed.fault(key, f"no {key}: growing files are read line by line as UTF-8")
    if not check_glob(feed, "tail", pattern, example="a/**/*.jsonl"):
        return None
    form = _format(feed, pattern)
    if form is None:
        return None
    delimiter = feed.text("delimiter") or ("\t" if form is Format.TSV else ",")
    header = feed.texts("header") or ()
    records = Records(form, delimiter, header, takes_all="shape" in feed.content)
    return Tail(feed.key.rpartition(".")[2], env.root, pattern, records)


def _format(feed: Section, pattern: str) -> Format | None:
    said = feed.text("format")
    form = said if said is not None else SUFFIXES.get(PurePosixPath(pattern).suffix.lower())
    if form not in FORMATS:
        found = None if said is not None else f"nothing, and {pattern!r}"
        feed.fault("format", f"one of {', '.join(FORMATS)}: files that grow by lines", found)
        return None
    return Format(form)
