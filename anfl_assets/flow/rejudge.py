"""Rows in quarantine judged once more, with the feed as it is defined now.

Reads the ledger and the lake and writes nothing: `replay.py` lands what came through. A row is
known by its id in the quarantine, which stands where a file's rows have their line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import polars as pl

from anfl_assets.collect import mapping
from anfl_assets.collect.batch import LINE
from anfl_assets.collect.bodies import Kept, canonical_rows, is_canonical, source_rows
from anfl_assets.collect.collected import REJECTS, rows_schema
from anfl_assets.collect.feed import Feed
from anfl_assets.flow import deduplicate, lake_rows
from anfl_assets.flow.landing import Place, currency_of
from anfl_assets.flow.pending import definition_sha256
from anfl_assets.flow.receive import CURRENCY_RULE, LOAD, SET_ASIDE, Judged, Received, judge
from anfl_assets.quality.suites import load_suite
from anfl_assets.store import replays
from anfl_assets.store.ledger import Row

REJECTED = "its whole load was rejected: mend the file and land it again"
_AGAIN = "`anfl run` reads the file again once it, or its feed, is mended"
MAPPED = f"only what an earlier mapping made of it is kept; {_AGAIN}"
KEYLESS = f"only its canonical columns are kept, not its key; {_AGAIN}"
_UNASKED = ("not_asked_for", "the feed does not ask for this row (where)")
_HELD = "__held_by__"


@dataclass(frozen=True)
class Wanted:
    """Which of a feed's refused rows are meant; None means all."""

    load_id: int | None = None
    rules: frozenset[str] | None = None


class Before(NamedTuple):
    """The load a row was refused of, and why."""

    load_id: int
    rule: str
    reason: str


@dataclass
class Rejudged:
    """What became of the rows that were tried.

    `rows` came through, with `line` their id and `load` the load they had been refused of; `known`
    are ids of rows a later load had told of, by that same load; `refused` (REJECTS) failed again;
    `unusable` counts reasons why rows cannot be judged from what is kept of them.
    """

    rows: pl.DataFrame
    refused: pl.DataFrame
    judged: Judged
    before: dict[int, Before]
    known: dict[int, list[int]] = field(default_factory=dict)
    unusable: Counter[str] = field(default_factory=Counter)

    @property
    def changed(self) -> list[Row]:
        """Rows refused again for another reason than before: `id`, `rule`, `reason`."""
        return [
            {"id": line, "rule": rule, "reason": reason}
            for line, rule, reason in self.refused.select("line", "rule", "reason").iter_rows()
            if (rule, reason) != self.before[line][1:]
        ]


def rejudge(
    place: Place, feed: Feed, wanted: Wanted, *, on_rows: Callable[[int], None]
) -> Rejudged:
    """Judge the rows again; `on_rows` is told how many were read so far.

    Raises:
        QualityError: the table's suite cannot run.

    """
    before: dict[int, Before] = {}
    unusable: Counter[str] = Counter()
    rows = [pl.DataFrame(schema=rows_schema(feed.entity))]
    refused = [pl.DataFrame(schema=REJECTS)]
    for chunk in replays.standing(
        place.ledger, feed.name, load_id=wanted.load_id, rules=wanted.rules
    ):
        for mapped in _mapped(place, feed, chunk, unusable):
            rows.append(mapped.rows)
            refused.append(mapped.rejects)
        before |= {row["id"]: Before(row["load_id"], row["rule"], row["reason"]) for row in chunk}
        on_rows(len(before))
    loads = {line: row.load_id for line, row in before.items()}
    received = Received(
        _of_loads(pl.concat(rows, rechunk=False), loads), pl.DataFrame(schema=SET_ASIDE)
    )
    currency = currency_of(place, feed, received.rows)
    judged = judge(feed, received, currency=currency, now=place.now)
    refused.append(judged.set_aside.select(*REJECTS))
    found = Rejudged(judged.rows, pl.concat(refused), judged, before, unusable=unusable)
    if feed.key and found.rows.height:
        _settle_keys(place, feed, found)
    return found


def _mapped(
    place: Place, feed: Feed, chunk: Iterable[Row], unusable: Counter[str]
) -> Iterable[mapping.Mapped]:
    """Map what can be mapped; count in `unusable` what cannot."""
    sources: list[Kept] = []
    canonical: list[Kept] = []
    definition = definition_sha256(feed, place.organisation)
    judged_rules = _judged_rules(feed)
    for row in chunk:
        kept = Kept(row["id"], row["path"], row["body"])
        if row["status"] == "rejected":
            unusable[REJECTED] += 1
        elif not judged_rules.isdisjoint(row["rule"].split("; ")) and is_canonical(feed, kept.body):
            if row["definition_sha256"] != definition:
                unusable[MAPPED] += 1
            elif feed.key:
                unusable[KEYLESS] += 1
            else:
                canonical.append(kept)
        else:
            sources.append(kept)
    again = source_rows(feed, sources)
    unusable.update(again.unusable.values())
    for batch in again.batches:
        yield _told(mapping.Mapping(feed, place.organisation, place.now).apply(batch), batch.rows)
    yield mapping.Mapped(
        canonical_rows(feed, canonical), pl.DataFrame(schema=REJECTS), 0, pl.DataFrame()
    )


def _judged_rules(feed: Feed) -> set[str]:
    """Return the rules that refuse a row after it was mapped, and keep its canonical columns.

    The rows of a running system are judged as they come, with the source row at hand.
    """
    rules = {deduplicate.RULE, CURRENCY_RULE}
    if feed.connector is None:
        rules |= {item.rule for item in load_suite(feed.entity).expectations}
    return rules


def _told(mapped: mapping.Mapped, rows: pl.DataFrame) -> mapping.Mapped:
    """Let rows that the feed no longer asks for be refused: they stay, and say why."""
    if not mapped.filtered:
        return mapped
    seen = pl.concat([mapped.rows["line"], mapped.rejects["line"]])
    unasked = rows.filter(~pl.col(LINE).is_in(seen.implode()))
    rule, reason = _UNASKED
    told = unasked.select(
        pl.col(LINE).alias("line"),
        rule=pl.lit(rule),
        reason=pl.lit(reason),
        body=pl.lit(""),
    )
    rejects = pl.concat([mapped.rejects, told.cast(REJECTS)])
    return mapping.Mapped(mapped.rows, rejects, 0, mapped.originals)


def _of_loads(rows: pl.DataFrame, loads: Mapping[int, int]) -> pl.DataFrame:
    of = pl.col("line").replace_strict(
        list(loads), list(loads.values()), default=None, return_dtype=LOAD
    )
    return rows.with_columns(load=of)


def _settle_keys(place: Place, feed: Feed, found: Rejudged) -> None:
    """Part from the rows those whose key says they are known, or torn within their file.

    A row is as old as the load it was refused of: what came later has the last word already.
    """
    body = list(feed.table.schema)
    held = lake_rows.existing(
        place.workspace.table_path(feed.entity), feed, found.rows, without=()
    ).drop("date")
    origins = replays.origins(place.ledger, feed.name)
    held = held.with_columns(pl.col("load_id").replace(origins).alias(_HELD))
    is_torn = deduplicate.conflicting(found.rows, body)
    met = found.rows.select("load", "row_key", *body).join(
        held.drop("load_id"), on="row_key", how="left", suffix="_held", maintain_order="left"
    )
    is_later = met.select((pl.col(_HELD) > pl.col("load")).fill_null(value=False)).to_series()
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"{name}_held")) for name in body)
    is_torn |= met.select(
        ((pl.col(_HELD) == pl.col("load")) & ~same).fill_null(value=False)
    ).to_series()
    torn = found.rows.filter(is_torn & ~is_later).select(
        "line", rule=pl.lit(deduplicate.RULE), reason=pl.lit(deduplicate.REASON), body=pl.lit("")
    )
    found.refused = pl.concat([found.refused, torn.cast(REJECTS)])
    for load, line in found.rows.filter(is_later).select("load", "line").iter_rows():
        found.known.setdefault(load, []).append(line)
    found.rows = found.rows.filter(~is_torn & ~is_later)
