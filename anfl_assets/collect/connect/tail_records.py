"""Lines of a growing file into source rows, by the same code as whole files.

A line that is not UTF-8 is a reject; the lines around it are read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from anfl_assets.collect.batch import LINE, Batch, Unsplit, unsplit_frame
from anfl_assets.collect.collected import REJECTS
from anfl_assets.collect.feed import Format
from anfl_assets.collect.formats.access_log import COLUMNS, access_log_rows, extra_count
from anfl_assets.collect.formats.csv_split import Splitter
from anfl_assets.collect.formats.header import require_names, unique_names
from anfl_assets.collect.formats.json import JsonRows

FORMATS = (Format.JSONL, Format.CSV, Format.TSV, Format.ACCESS_LOG)
RULE = "unreadable_text"
_MARK = "\ufeff"


@dataclass(frozen=True)
class Stretch:
    """Whole lines of a file, as its bytes, the first with number `line`.

    `is_last`: nothing can follow, so that a record which is open at its end is one.
    """

    text: bytes
    line: int
    is_last: bool = False


@dataclass(frozen=True)
class Taken:
    """The records at the beginning of a stretch, its bytes they used up, and the line after."""

    batch: Batch
    size: int
    line: int


@dataclass(frozen=True)
class Records:
    """How the lines of a feed's files are records; `names` are the columns it asks for."""

    form: Format
    delimiter: str = ","
    header: tuple[str, ...] = ()
    takes_all: bool = False
    names: tuple[str, ...] = ()
    feed: str = ""

    def asked(self, names: tuple[str, ...], *, feed: str) -> Records:
        """Return it for the columns that a feed asks for."""
        return replace(self, names=names, feed=feed)

    @property
    def has_header(self) -> bool:
        """Whether each file begins with a line that names its columns."""
        return self.form in (Format.CSV, Format.TSV) and not self.header

    def take(self, stretch: Stretch, header: tuple[str, ...], *, where: str) -> Taken:
        """Split a stretch; `header` names the columns of the file `where` it is from.

        Raises:
            SourceError: a column that the feed asks for is not there.

        """
        texts, rejects = _decoded(stretch)
        if self.form in (Format.CSV, Format.TSV):
            taken = self._delimited(texts, stretch, header, where)
        else:
            taken = Taken(
                self._lines(texts, stretch.line, where),
                len(stretch.text),
                stretch.line + len(texts),
            )
        kept = rejects.filter(pl.col("line") < taken.line)
        batch = Batch(taken.batch.rows, pl.concat([taken.batch.rejects, kept]).sort("line"))
        return replace(taken, batch=batch)

    def _lines(self, texts: list[str], line: int, where: str) -> Batch:
        if self.form is Format.ACCESS_LOG:
            extras = extra_count(self.names)
            known = [*COLUMNS, *(f"extra_{number}" for number in range(1, extras + 1))]
            require_names(self.names, known, where=where, feed=self.feed)
            return access_log_rows(pl.Series(texts, dtype=pl.String), line, extras=extras)
        rows = JsonRows(self.names, takes_all=self.takes_all)
        for number, text in enumerate(texts, start=line):
            rows.add_line(number, text)
        return rows.take()

    def _delimited(
        self, texts: list[str], stretch: Stretch, header: tuple[str, ...], where: str
    ) -> Taken:
        require_names(self.names, header, where=where, feed=self.feed)
        splitter = Splitter(unique_names(header), self.delimiter)
        text = "".join(f"{text}\n" for text in texts).encode()
        batch, rest, line = splitter.split(text, stretch.line, is_last=stretch.is_last)
        if not rest:
            return Taken(batch, len(stretch.text), line)
        # Counted in lines: the text that was split may be shorter than its bytes in the file.
        kept = stretch.text.split(b"\n", line - stretch.line)[-1]
        return Taken(batch, len(stretch.text) - len(kept), line)


def oversized(line: int, text: bytes) -> Batch:
    """Return the reject for a line longer than a pull may be, by its beginning."""
    reason = f"a line longer than {len(text)} bytes"
    shown = text[:1000].decode(errors="replace")
    return Batch(
        pl.DataFrame(schema={LINE: pl.Int64()}), unsplit_frame([Unsplit(line, RULE, reason, shown)])
    )


def _decoded(stretch: Stretch) -> tuple[list[str], pl.DataFrame]:
    """Return the texts of the lines, and rejects for those that are none (blank in the texts).

    A service that goes on writing at its old place in a file that was cut leaves zeros before it.
    """
    lines = stretch.text.removesuffix(b"\n").split(b"\n") if stretch.text else []
    texts: list[str] = []
    rejects: list[Unsplit] = []
    for number, raw in enumerate(lines, start=stretch.line):
        try:
            text = raw.removesuffix(b"\r").lstrip(b"\0").decode()
        except UnicodeDecodeError as error:
            reason = f"byte {error.start} of the line (0x{raw[error.start]:02x}) is not UTF-8"
            rejects.append(Unsplit(number, RULE, reason, raw.decode(errors="replace")))
            text = ""
        texts.append(text.removeprefix(_MARK) if number == 1 else text)
    return texts, unsplit_frame(rejects) if rejects else pl.DataFrame(schema=REJECTS)
