"""Checks of §2.1: a source is fed, collected in time, kept in its store and for its time."""

from __future__ import annotations

from anfl_assets.catalog.sections import Source
from anfl_assets.report.conform.evidence import NOTHING, Evidence, Finding, LoadFacts, TableFacts
from anfl_assets.report.conform.lines import Line
from anfl_assets.report.conform.schedule import longest_wait_s, serving
from anfl_assets.report.conform.words import counted, moment, size


def origin(line: Line, live: Evidence) -> Finding:
    """A feed brings the source's records."""
    source = _source(line, live)
    landed = _landed(source, live)
    if not landed:
        return Finding("missing", f"tables {', '.join(source.entities)}", _unfed(source))
    feeds = sorted({feed for each in landed for feed in each.feeds})
    files = counted(sum(each.files for each in landed), "file")
    accepted = counted(sum(each.accepted for each in landed), "row")
    return Finding("ok", f"feeds {', '.join(feeds)}", f"{files}, {accepted} accepted")


def frequency(line: Line, live: Evidence) -> Finding:
    """A schedule or a live feed collects the source as often as it asks, and did."""
    source = _source(line, live)
    wait_s = longest_wait_s(source.frequency)
    asked = [each for each in live.live if each.entity in source.entities and each.ok_at]
    if quick := [each for each in asked if each.every_s <= wait_s]:
        fastest_feed = min(quick, key=lambda each: each.every_s)
        told = max(each.ok_at for each in quick if each.ok_at)
        configuration = f"live feed {fastest_feed.feed} every {fastest_feed.every_s:g} s"
        return Finding("ok", configuration, f"last answer {moment(told)}")
    schedules = [each for each in live.schedules if source.name in each.sources]
    schedule = serving(schedules, source.frequency)
    landed = [each.last_at for each in _landed(source, live) if each.last_at is not None]
    evidence = f"last landing {moment(max(landed))}" if landed else _unfed(source)
    if schedule is None and schedules:
        fastest = min(schedules, key=lambda each: each.period_s)
        wanted = f"a round every {wait_s} s, or a live feed"
        return Finding("drifted", f"found {fastest}; expected {wanted}", evidence)
    if schedule is None:
        return Finding("missing", f"no schedule collects {source.name}", evidence)
    return Finding("ok" if landed else "missing", str(schedule), evidence)


def storage(line: Line, live: Evidence) -> Finding:
    """The source's database in the lake holds rows."""
    source = _source(line, live)
    tables = _tables(source, live)
    if not any(table.rows for table in tables.values()):
        return Finding("missing", f"lake/{source.store}", _unfed(source))
    rows = counted(sum(table.rows for table in tables.values()), "row")
    taken = size(sum(table.size_bytes for table in tables.values()))
    return Finding("ok", f"lake/{source.store}", f"{rows}, {taken} in {', '.join(tables)}")


def retention(line: Line, live: Evidence) -> Finding:
    """What is kept for ever is kept; nothing yet ends what is kept for a time."""
    source = _source(line, live)
    tables = _tables(source, live)
    oldest = min((table.first_on for table in tables.values() if table.first_on), default=None)
    if not source.retention.is_endless:
        reached = f"; oldest row of {oldest}" if oldest else ""
        shown = f"{NOTHING} nothing removes older rows{reached}"
        return Finding("missing", f"{source.retention}, declared only", shown)
    configuration = f"nothing deletes from lake/{source.store}"
    if oldest is None:
        return Finding("missing", configuration, _unfed(source))
    return Finding("ok", configuration, f"rows since {oldest}")


def _source(line: Line, live: Evidence) -> Source:
    return live.catalog.sources[line.path[1]]


def _landed(source: Source, live: Evidence) -> list[LoadFacts]:
    return [live.loads[entity] for entity in source.entities if entity in live.loads]


def _tables(source: Source, live: Evidence) -> dict[str, TableFacts]:
    return {entity: live.tables[entity] for entity in source.entities if entity in live.tables}


def _unfed(source: Source) -> str:
    how = f"`anfl feeds template {source.name}`" if source.is_manual else "`anfl feeds check`"
    return f"{NOTHING} no feed brought any; {how}"
