r"""Access logs of Apache and nginx: common and combined format, with what stands after it.

    127.0.0.1 - al [17/May/2015:10:05:03 +0000] "GET /a HTTP/1.1" 200 26 "http://x/" "Agent" 0.12

Columns: COLUMNS, then as many `extra_1`… as a feed names: the fields after the agent, such as
nginx's `$request_time` or Apache's `%D`. `-` is null. A request that is not `METHOD path
HTTP/x` (a port scan) stands whole in `path`. `\"` and `\\` inside quotes are read as what they
stand for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import polars as pl

from anfl_assets.collect.batch import LINE, Batch
from anfl_assets.collect.collected import REJECTS
from anfl_assets.collect.discover import FoundFile
from anfl_assets.collect.feed import Feed
from anfl_assets.collect.formats.header import require_columns
from anfl_assets.collect.formats.unpack import text_blocks

RULE = "unreadable_access"
COLUMNS = (
    *("client", "ident", "user", "time", "method", "path", "protocol"),
    *("status", "bytes", "referrer", "agent"),
)
_QUOTED = r'"((?:[^"\\]|\\.)*)"'
_HEAD = rf"^([^ ]+) ([^ ]+) (%USER%) \[([^\]]+)\] {_QUOTED} ([0-9]{{3}}) ([0-9]+|-)"
_COMBINED = rf"{_HEAD} {_QUOTED} {_QUOTED}((?: .*)?)$"
_COMMON = rf'{_HEAD}()()((?: [^"]*)?)$'
# Tried in turn on what the ones before left. The user's name is the only field that may hold
# spaces; where it does not, the expression runs in one pass, three times as fast.
_FORMS = tuple(
    form.replace("%USER%", user) for user in ("[^ ]+", ".+?") for form in (_COMBINED, _COMMON)
)
_FIELDS = ("client", "ident", "user", "time", "request", "status", "bytes", "referrer", "agent")
_QUOTED_FIELDS = ("request", "referrer", "agent")
_REQUEST = r"^([A-Za-z][A-Za-z_-]*) ([^ ]+)(?: (HTTP/[0-9.]+))?$"
_EXTRA = re.compile(r"extra_([1-9][0-9]?)")
_REASON = "not a line of the common or combined log format"


def read_access_log(feed: Feed, found: FoundFile) -> Iterator[Batch]:
    """Yield the file's lines, split; blank lines are no records.

    Raises:
        SourceError: encoding or archive are not as the feed says, or it names another column.

    """
    extras = extra_count(feed.read)
    known = [*COLUMNS, *(f"extra_{number}" for number in range(1, extras + 1))]
    require_columns(feed, known, where=found.relative)
    rest, line = b"", 1
    for block in text_blocks(found, feed.encoding):
        *whole, rest = (rest + block).rsplit(b"\n", 1)
        if whole:
            lines = _lines(whole[0])
            yield access_log_rows(lines, line, extras=extras)
            line += len(lines)
    if rest:
        yield access_log_rows(_lines(rest), line, extras=extras)


def extra_count(names: Sequence[str]) -> int:
    """Return the highest number of an `extra_N` among the columns a feed names."""
    found = (_EXTRA.fullmatch(name) for name in names)
    return max((int(match[1]) for match in found if match), default=0)


def access_log_rows(lines: pl.Series, first_line: int, *, extras: int = 0) -> Batch:
    """Split lines (text, no line ends); the first has number `first_line`.

    `extras` is how many fields after the agent become columns.
    """
    numbered = pl.DataFrame({"text": lines}).with_columns(
        (pl.int_range(pl.len(), dtype=pl.Int64) + first_line).alias(LINE)
    )
    rest = numbered.filter(pl.col("text").str.contains(r"\S"))
    parts: list[pl.DataFrame] = []
    for form in _FORMS:
        if rest.height or not parts:
            found, rest = _matched(rest, form)
            parts.append(found)
    rows = pl.concat(parts).sort(LINE)
    return Batch(_columns(rows, extras), _rejects(rest))


def _lines(text: bytes) -> pl.Series:
    return pl.Series("text", [text.decode()]).str.split("\n").explode()


def _matched(numbered: pl.DataFrame, pattern: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the fields of the lines that match, and the lines that do not."""
    fields = numbered.select(pl.col("text").str.extract_groups(pattern).alias("found"), LINE)
    split = fields.unnest("found")
    split.columns = [*_FIELDS, "extra", LINE]
    is_match = split["client"].is_not_null()
    return split.filter(is_match), numbered.filter(~is_match)


def _columns(rows: pl.DataFrame, extras: int) -> pl.DataFrame:
    quoted = [name for name in _QUOTED_FIELDS if rows[name].str.contains("\\", literal=True).any()]
    rows = rows.with_columns(_meant(pl.col(name)) for name in quoted)
    request = pl.col("request").str.extract_groups(_REQUEST)
    parts = request.struct.rename_fields(["method", "target", "protocol"])
    rows = rows.with_columns(parts.alias("parts")).unnest("parts")
    path = pl.coalesce("target", "request").alias("path")
    extra = pl.col("extra").str.extract_all(rf"{_QUOTED}|[^ ]+")
    named = (
        extra.list.get(number - 1, null_on_oob=True).str.strip_chars('"').alias(f"extra_{number}")
        for number in range(1, extras + 1)
    )
    rows = rows.with_columns(path, *named)
    names = [*COLUMNS, *(f"extra_{number}" for number in range(1, extras + 1))]
    texts = (
        pl.when(~pl.col(name).is_in(["-", ""])).then(pl.col(name)).alias(name) for name in names
    )
    return rows.select(*texts, LINE)


def _meant(text: pl.Expr) -> pl.Expr:
    return text.str.replace_all(r'\\(["\\])', "$1")


def _rejects(lines: pl.DataFrame) -> pl.DataFrame:
    body = pl.struct("text").struct.json_encode()
    return lines.select(
        pl.col(LINE).alias("line"),
        pl.lit(RULE).alias("rule"),
        pl.lit(_REASON).alias("reason"),
        body.alias("body"),
    ).match_to_schema(REJECTS)
