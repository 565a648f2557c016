"""Running policy tests: series judged by the project's own compiled judge, then replayed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import duckdb

from anfl_assets.alert.policy import Policy
from anfl_assets.alert.policy_test import NO_DATA, Line, PolicyTest, Series, timeline
from anfl_assets.alert.read_match import names_of
from anfl_assets.alert.read_policy import read_policy
from anfl_assets.alert.read_policy_test import read_tests
from anfl_assets.alert.replay import replay
from anfl_assets.alert.track import History
from anfl_assets.catalog import Catalog, load_catalog
from anfl_assets.config.file import read_section
from anfl_assets.config.section import Section
from anfl_assets.deliver.channels import NAMED
from anfl_assets.errors import AlertsError
from anfl_assets.flow.alerting.replaying.history import STATUS, Judging, rejudge
from anfl_assets.flow.alerting.replaying.in_order import ordered
from anfl_assets.flow.alerting.replaying.runs import history
from anfl_assets.flow.compiled import load_definitions
from anfl_assets.store.relations import fill

# Channels that keep their own message up to date, as far as their kind says it.
_FOLLOWING = ("pagerduty", "slack", "dashboard")
_OBSERVED = {
    "metric_id": "varchar", "subject": "varchar", "grain": "varchar",
    "window_start_at": "timestamptz", "window_end_at": "timestamptz", "value": "double",
    "unit": "varchar", "numerator": "double", "denominator": "double", "sample_count": "bigint",
    "date": "date",
}  # fmt: skip


@dataclass(frozen=True)
class Verified:
    """One test and its timeline."""

    name: str
    lines: tuple[Line, ...]


def verify(path: Path) -> Iterator[Verified]:
    """Run the tests of a file, one after the other.

    Raises:
        AlertsError: the file, or the policy it names, is wrong.
        BuildError: the judge cannot be compiled.
    """
    catalog = load_catalog()
    section = read_section(path, AlertsError)
    policy, written = _policy(section, path.parent, catalog)
    tests = read_tests(section, names_of(catalog, written))
    if section.faults:
        raise AlertsError(section.faults)
    sql = next(each.sql for each in load_definitions() if each.name == STATUS)
    for test in tests:
        past = judged(test, policy, catalog, sql)
        end = test.start + test.length
        found = replay(past, policy, start=test.start, end=end, acts=test.acts)
        yield Verified(test.name, tuple(timeline(test, found.messages)))


def judged(test: PolicyTest, policy: Policy, catalog: Catalog, sql: str) -> History:
    """Judge the series of a test by the compiled judge and the catalog's targets."""
    levels = {
        each.metric_id: each.recovers_at
        for each in policy.watched.values()
        if each.recovers_at is not None
    }
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        rows = [row for series in test.series for row in _rows(test, series, catalog)]
        fill(connection, "told", {**_OBSERVED, "is_silent": "boolean"}, rows)
        connection.execute("create temp table observed as select * exclude (is_silent) from told")
        rejudge(connection, sql, Judging(catalog))
        connection.execute(_JUDGED)
        return history(ordered(connection, catalog), levels)


def _rows(test: PolicyTest, series: Series, catalog: Catalog) -> Iterator[list[object]]:
    """Yield the windows as observations, and whether nobody told of it; none before the first."""
    metric = catalog.metrics[series.metric_id]
    has_begun = False
    for number, value in enumerate(series.values):
        has_begun |= value != NO_DATA
        if not has_begun:
            continue
        end = test.start + number * test.interval
        is_told = isinstance(value, float)
        yield [
            series.metric_id, series.subject, series.grain, end - test.interval, end,
            value if is_told else None, metric.unit.value, None, None,
            100 if is_told else 0, (end - timedelta(microseconds=1)).date(), value == NO_DATA,
        ]  # fmt: skip


def _policy(section: Section, folder: Path, catalog: Catalog) -> tuple[Policy, Section]:
    """Read the policy a file names; of channels only what they are called, and of which kind."""
    name = section.text("policy")
    written = read_section(folder / name, AlertsError) if name else Section("alerts.yaml", "", {})
    policy = read_policy(catalog, written, feeds={}, following=_following(written))
    if written.faults:
        raise AlertsError(written.faults)
    return policy, written


def _following(written: Section) -> frozenset[str]:
    channels = written.section("channels")
    if channels is None:
        return frozenset(name for name, kind in NAMED.items() if kind in _FOLLOWING)
    found = {"Dashboard"}
    for name in channels.content:
        inner = channels.section(name)
        # A Slack webhook cannot edit what it has posted.
        if inner and inner.text("kind") in _FOLLOWING and "webhook" not in inner.content:
            found.add(name)
    return frozenset(found)


_JUDGED = """
create or replace table judged as
select
    rejudged.* exclude (status),
    if(told.is_silent, 'no_data', rejudged.status) as status
from rejudged
inner join told using (metric_id, subject, grain, window_end_at)
"""
