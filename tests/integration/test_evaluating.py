"""From a live feed to an incident: evaluation keeps what follows, whatever else is broken."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from anfl_assets.collect.feeds import load_feeds
from anfl_assets.deliver.message import from_json
from anfl_assets.flow.alerting.evaluate import CHECKS, RUNS, Evaluator, open_evaluator
from anfl_assets.flow.alerting.own_signals import Finished, check_readings, run_readings
from anfl_assets.flow.binding import bind_feeds
from anfl_assets.flow.spooled import spooled
from anfl_assets.frames import TABLES
from anfl_assets.store.alerts.records import Condition
from anfl_assets.store.collector_lock import collecting
from anfl_assets.store.feed_states import FeedState, keep_states
from anfl_assets.store.ledger import open_ledger
from anfl_assets.store.spool import Note, SpoolWriter, spool_folder
from anfl_assets.store.workspace import Workspace, open_workspace
from tests.integration.postgresql_server import binaries, postgresql

FEEDS = """\
organisation: {name: Acme}
feeds:
  gateway:
    entity: requests
    tail: gateway.jsonl
    every: 1 second
    columns:
      observed_at: {from: at, zone: UTC}
      service: service
      latency_ms: ms
      is_error: failed
"""
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SLOW, FAST = 150.0, 20.0


@dataclass
class Folder:
    """A data folder with one live feed, without a collector."""

    workspace: Workspace
    feeds_path: Path
    environ: dict[str, str]

    def tell(self, latency_ms: float, *, after_s: float) -> datetime:
        """Let the gateway tell of thirty requests; return the moment."""
        at = NOW + timedelta(seconds=after_s)
        schema = dict(TABLES["requests"].schema)
        rows = [(at, "search", latency_ms, False)] * 300
        typed = pl.DataFrame(rows, schema=schema, orient="row").with_columns(
            line=pl.lit(1, pl.Int64), row_key=pl.lit(None, pl.String)
        )
        writer = SpoolWriter(spool_folder(self.workspace, "gateway"))
        kept = spooled("requests", typed, pl.DataFrame(schema={"rule": pl.String}))
        writer.append(kept, Note("{}", at, at))
        writer.roll()
        return at

    @contextmanager
    def evaluator(self) -> Iterator[Evaluator]:
        """Open the folder's evaluator, as a process that starts does."""
        with open_evaluator(self.workspace, self.environ) as opened:
            yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    path = tmp_path / "feeds.yaml"
    path.write_text(FEEDS)
    workspace = open_workspace(tmp_path / "data")
    bind_feeds(workspace, path)
    load_feeds(path, os.environ)
    return Folder(workspace, path, {})


@pytest.fixture(params=["sqlite", "postgresql"])
def anywhere(request: pytest.FixtureRequest, folder: Folder) -> Iterator[Folder]:
    """The folder, its state of alerting in a file of its own or in PostgreSQL."""
    if request.param == "sqlite":
        yield folder
        return
    if binaries() is None:
        pytest.skip("PostgreSQL is not installed")
    with postgresql() as server:
        folder.environ["ANFL_ALERTS_URL"] = server.url()
        yield folder


def condition(evaluator: Evaluator, kind: str = "breached") -> Condition | None:
    """The latency's condition of that kind."""
    for each in evaluator.store.conditions():
        if each.key == ("inference_latency", "search", "5 minutes", kind):
            return each
    return None


def phase(evaluator: Evaluator, kind: str = "breached") -> str | None:
    """Whether the latency's condition is held back, fires or rests; None where there is none."""
    found = condition(evaluator, kind)
    return found.phase if found else None


def test_a_breach_through_a_live_feed_is_held_fires_is_told_and_ends(anywhere: Folder) -> None:
    with anywhere.evaluator() as evaluator:
        at = anywhere.tell(SLOW, after_s=0)
        evaluator.evaluate(at)
        # The same window judged again is no second evaluation.
        evaluator.evaluate(at + timedelta(seconds=5))
        assert phase(evaluator) == "pending"
        found = evaluator.evaluate(anywhere.tell(SLOW, after_s=10))
        assert phase(evaluator) == "firing"
        assert found.is_done
        assert found.messages > 0
        breached = condition(evaluator)
        assert breached is not None
        assert breached.incident_id is not None
        assert breached.reading.feed == "gateway"
        incident = evaluator.store.incident(breached.incident_id)
        assert (incident.policy.severity, incident.is_open) == ("critical", True)
        told = {notice.target.channel for notice in evaluator.store.notices(incident.incident_id)}
        assert told == {"PagerDuty", "SMS", "Email"}

        evaluator.evaluate(anywhere.tell(FAST, after_s=400))
        assert phase(evaluator) == "rest"
        assert not evaluator.store.incident(incident.incident_id).is_open


def test_silence_keeps_a_breach_open(folder: Folder) -> None:
    with folder.evaluator() as evaluator:
        evaluator.evaluate(folder.tell(SLOW, after_s=0))
        evaluator.evaluate(folder.tell(SLOW, after_s=10))
        for minutes in (1, 3, 5, 20):
            evaluator.evaluate(NOW + timedelta(minutes=minutes))
            assert phase(evaluator) == "firing"


def test_a_silent_source_is_told_once_and_mutes_the_silence_of_what_it_brings(
    folder: Folder,
) -> None:
    down = FeedState("gateway", "requests", "there", 1.0, "down", complete_to=NOW, down_at=NOW)
    with open_ledger(folder.workspace) as ledger:
        keep_states(ledger, [down])
    with collecting(folder.workspace), folder.evaluator() as evaluator:
        evaluator.evaluate(folder.tell(FAST, after_s=0))
        # Evaluated all along: a gap would be our own downtime.
        for seconds in range(60, 600, 60):
            evaluator.evaluate(NOW + timedelta(seconds=seconds))
        silent = condition(evaluator, "no_data")
        assert silent is not None
        assert (silent.phase, silent.incident_id, silent.verdict) == ("firing", None, "inhibited")
        [incident] = [
            each
            for each in evaluator.store.open_incidents()
            if "source_freshness" in each.group_key
        ]
        assert incident.policy.severity == "critical"


def test_a_restart_keeps_how_far_a_hold_has_come(folder: Folder) -> None:
    with folder.evaluator() as evaluator:
        evaluator.evaluate(folder.tell(SLOW, after_s=0))
        assert phase(evaluator) == "pending"
    with folder.evaluator() as evaluator:
        evaluator.evaluate(folder.tell(SLOW, after_s=10))
        assert phase(evaluator) == "firing"


def test_a_broken_alerts_file_keeps_the_policy_and_says_so(folder: Folder) -> None:
    own = folder.workspace.root / "alerts.yaml"
    own.write_text("metrics: {inference_latency: {for: 1 evaluation}}\n")
    with folder.evaluator() as evaluator:
        evaluator.evaluate(folder.tell(FAST, after_s=0))
        own.write_text("metrics: {inference_latency: {for: soonish}}\n")
        found = evaluator.evaluate(folder.tell(SLOW, after_s=310))
        assert found.is_done
        assert "soonish" in str(found)
        # One evaluation was enough: the policy of before the edit.
        assert phase(evaluator) == "firing"


def test_an_edit_that_is_not_in_force_is_told_to_somebody_and_is_over_once_mended(
    folder: Folder,
) -> None:
    own = folder.workspace.root / "alerts.yaml"
    own.write_text("metrics: {}\n")
    with folder.evaluator() as evaluator:
        evaluator.evaluate(folder.tell(FAST, after_s=0))
        own.write_text("metrics: {inference_latency: {for: soonish}}\n")
        evaluator.evaluate_sources(NOW + timedelta(seconds=60))
        incident = next(
            each for each in evaluator.store.open_incidents() if "check_success" in each.group_key
        )
        (member,) = evaluator.store.members(incident.incident_id)
        assert (member.key.subject, incident.policy.severity) == ("alerts.yaml", "warning")
        assert "soonish" in member.reading.detail
        own.write_text("metrics: {inference_latency: {for: 1 evaluation}}\n")
        evaluator.evaluate_sources(NOW + timedelta(seconds=120))
        assert evaluator.store.incident(incident.incident_id).resolved_at is not None


def test_what_cannot_be_judged_is_said_and_leaves_everything_as_it_was(folder: Folder) -> None:
    with folder.evaluator() as evaluator:
        evaluator.evaluate(folder.tell(SLOW, after_s=0))
        beats = evaluator.store.beats()
    folder.feeds_path.write_text("feeds: {gateway: {entity: nonsense}}\n")
    with folder.evaluator() as evaluator:
        found = evaluator.evaluate(NOW + timedelta(seconds=30))
        assert not found.is_done
        assert str(found).startswith("not judged; ")
        assert "feeds.yaml: feeds.gateway.entity: found 'nonsense'" in str(found)
        assert (phase(evaluator), evaluator.store.beats()) == ("pending", beats)


def test_feeds_that_break_meanwhile_are_judged_as_they_were(folder: Folder) -> None:
    with folder.evaluator() as evaluator:
        evaluator.evaluate(folder.tell(SLOW, after_s=0))
        folder.feeds_path.write_text("feeds: nonsense\n")
        found = evaluator.evaluate(folder.tell(SLOW, after_s=10))
        assert "what was so before is kept" in str(found)
        assert phase(evaluator) == "firing"


def test_a_folder_without_feeds_has_nothing_to_judge_yet(tmp_path: Path) -> None:
    with open_evaluator(open_workspace(tmp_path / "data"), {}) as evaluator:
        assert str(evaluator.evaluate(NOW)) == "nothing to judge yet"
        assert evaluator.store.beats() == {"metrics": NOW}


def test_a_failed_run_alerts_once_with_its_error_and_ends_with_a_success(folder: Folder) -> None:
    with folder.evaluator() as evaluator:
        failed = [Finished("everything", NOW, "kpis: disk full")]
        assert evaluator.observe(RUNS, run_readings(failed), NOW).messages > 0
        again = [Finished("everything", NOW + timedelta(minutes=5), "kpis: disk full")]
        later = NOW + timedelta(minutes=5)
        assert evaluator.observe(RUNS, run_readings(again), later).messages == 0
        [incident] = evaluator.store.open_incidents()
        [member] = evaluator.store.members(incident.incident_id)
        assert member.reading.detail == "kpis: disk full"
        notices = evaluator.store.notices(incident.incident_id)
        assert [from_json(each.body).lines[0].detail for each in notices] == [
            "kpis: disk full"
        ] * len(notices)
        fine = [Finished("everything", NOW + timedelta(minutes=10))]
        evaluator.observe(RUNS, run_readings(fine), NOW + timedelta(minutes=10))
        assert evaluator.store.open_incidents() == []


def test_other_evaluators_leave_the_metrics_alone(folder: Folder) -> None:
    with folder.evaluator() as evaluator:
        evaluator.evaluate(folder.tell(SLOW, after_s=0))
        evaluator.evaluate(folder.tell(SLOW, after_s=10))
        checks = check_readings([Finished("orders/orders_meets_expectations", NOW)])
        found = evaluator.observe(CHECKS, checks, NOW + timedelta(seconds=11))
        assert phase(evaluator) == "firing"
        assert found.firing > 0
