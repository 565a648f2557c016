"""The executive digest of the example company: its figures, its page, and how it reaches people."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import dagster as dg
import pytest
from click.testing import CliRunner

from anfl_assets.chart.types import Spec
from anfl_assets.cli.main import anfl, invoke
from anfl_assets.defs.assemble import assemble
from anfl_assets.defs.reports import EXECUTIVE, executive
from anfl_assets.defs.resources import WorkspaceResource
from anfl_assets.deliver.message import from_json
from anfl_assets.deliver.sandbox.mail_view import mails
from anfl_assets.flow.binding import bind_feeds
from anfl_assets.flow.digest.keep import kept_page
from anfl_assets.flow.digest.make import make_digest
from anfl_assets.flow.digest.tell import tell_executives
from anfl_assets.report.contributions import ContributionRow
from anfl_assets.report.digest.as_json import as_json
from anfl_assets.report.digest.content import Digest, Driver
from anfl_assets.report.digest.page import page
from anfl_assets.store.alerts.records import Target
from anfl_assets.store.alerts.store import open_alerts
from anfl_assets.store.workspace import Workspace
from tests.integration.built_example import EXAMPLE_AS_OF, BuiltExample
from tests.integration.outbox_at_work import open_post
from tests.integration.providers import providers
from tests.unit.report.digest.boards import incident

HOSTILE = '</style></script><img src=x onerror=alert(1)>"\n\u202e{{ 7*7 }} datum.x'
_VOID = frozenset({"meta", "link", "br", "img", "input", "hr", "area", "base", "col", "wbr"})


@pytest.fixture
def workspace(built_example: BuiltExample, tmp_path: Path) -> Workspace:
    """Return a folder with the example's build, in which something may be written."""
    root = tmp_path / "data"
    root.mkdir()
    for part in ("lake", "builds", "example"):
        (root / part).symlink_to(built_example.root / part)
    shutil.copytree(built_example.root / "state", root / "state")
    bind_feeds(Workspace(root), root / "example" / "feeds.yaml")
    return Workspace(root)


def made(workspace: Workspace, **more: datetime) -> Digest:
    return make_digest(workspace, {}, now=more.pop("now", EXAMPLE_AS_OF), **more)


class Read(HTMLParser):
    """Reads a page strictly: what is opened is closed, in order; what it refers to."""

    def __init__(self, text: str) -> None:
        """Read a whole page."""
        super().__init__(convert_charrefs=True)
        self.tags: Counter[str] = Counter()
        self.references: list[str] = []
        self.ids: list[str] = []
        self.handlers: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Count a tag and note what it refers to."""
        self.tags[tag] += 1
        for name, value in attrs:
            if name in {"href", "src", "srcset", "action", "xlink:href", "data"}:
                self.references.append(value or "")
            if name == "id":
                self.ids.append(value or "")
            if name.startswith("on"):
                self.handlers.append(name)
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take a tag that closes itself, as drawings have."""
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        """Close what was opened last."""
        assert self._open.pop() == tag


def test_its_figures_are_those_of_the_board(workspace: Workspace) -> None:
    for as_of in ([], ["--as-of", "2026-10-01T12:00Z"]):
        folder = ["--data-dir", str(workspace.root), *as_of, "--json"]
        told = json.loads(CliRunner().invoke(anfl, ["report", "executive", *folder]).stdout)
        board = json.loads(CliRunner().invoke(anfl, ["status", *folder]).stdout)
        rows = {(row["metric_id"], row["subject"]): row for row in board}
        tiles = [tile for panel in told["panels"] for tile in panel["metrics"]]
        assert len(tiles) == 9
        for tile in tiles:
            for shown in (tile, *tile["parts"]):
                row = rows[shown["metric_id"], shown["subject"]]
                # How old it is goes on between the two commands.
                same = row.keys() - {"staleness_s"}
                assert {name: shown[name] for name in same} == {name: row[name] for name in same}


def test_the_first_line_tells_the_planted_breach_and_what_an_earlier_day_knew(
    workspace: Workspace,
) -> None:
    now = made(workspace)
    assert now.first_line.startswith("Since yesterday: 2 new breaches (Inference latency of image-")
    assert now.driver is not None
    assert now.driver.parts[0].subject == "image-generation"
    calm = made(workspace, as_of=datetime(2026, 11, 22, 12, tzinfo=UTC))
    assert "breach" not in calm.first_line
    assert calm.data_at == datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_before_history_it_says_that_there_is_nothing(workspace: Workspace) -> None:
    early = made(workspace, as_of=datetime(2019, 1, 1, tzinfo=UTC))
    assert early.first_line.startswith("There is no data up to 2019-01-01 00:00 UTC")
    assert early.counts == {"no_data": 12}
    assert page(early).count("Nothing has been measured") == 9


def test_a_week_without_data_is_told_and_still_compared_with_the_day_before(
    workspace: Workspace,
) -> None:
    late = made(workspace, now=EXAMPLE_AS_OF + timedelta(days=7))
    assert late.age_line is not None
    assert late.age_line.startswith("The newest data is 7 d old")
    assert late.first_line == made(workspace).first_line
    assert page(late).count("! stale:") >= 2


def test_where_nothing_was_built_the_command_says_what_to_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke(["report", "executive", "--data-dir", str(tmp_path / "none")]) == 2
    assert "anfl run" in capsys.readouterr().err


def test_the_page_needs_nothing_from_elsewhere(workspace: Workspace) -> None:
    written = page(made(workspace))
    read = Read(written)
    assert read.references == []
    assert read.handlers == []
    assert read.tags["script"] == 0
    assert read.tags["h1"] == 1
    assert read.tags["article"] == 9
    assert len(read.ids) == len(set(read.ids))
    assert re.findall(r"url\(|@import|https?://(?!www\.w3\.org/)", written) == []
    assert "Simulated data: Example Company" in written
    assert written.count('role="img"') >= 8
    assert len(written.encode()) < 400_000


def test_a_metric_without_data_has_a_tile_and_no_chart(workspace: Workspace) -> None:
    digest = made(workspace)
    panel = digest.panels[0]
    nothing = replace(panel.tiles[0], course=(), row=replace(panel.tiles[0].row, status="no_data"))
    written = page(replace(digest, panels=(replace(panel, tiles=(nothing,)),)))
    assert "Too few windows for a chart." in written
    assert "no data</span>" in written


def test_names_from_outside_are_only_text(workspace: Workspace) -> None:
    digest = made(workspace)
    panel = digest.panels[0]
    tile = panel.tiles[0]
    row = replace(tile.row, subject=HOSTILE)
    hostile = replace(
        digest,
        organisation=HOSTILE,
        first_line=HOSTILE,
        notices=(HOSTILE,),
        panels=(replace(panel, tiles=(replace(tile, row=row, parts_line=HOSTILE),)),),
        incidents=(incident(what=HOSTILE, severity=HOSTILE, acknowledged_by=HOSTILE),),
        driver=Driver("uptime", "Uptime", HOSTILE, (_part(HOSTILE),)),
    )
    written = page(hostile)
    read = Read(written)
    assert (read.tags["script"], read.tags["img"], read.references, read.handlers) == (0, 0, [], [])
    assert "{{ 7*7 }}" in written
    assert written.count("</style>") == 1
    json.dumps(as_json(hostile), default=str)


def test_it_is_kept_by_day_and_sent_once_however_often_it_is_made(workspace: Workspace) -> None:
    with providers() as sandbox:
        environ = {"ANFL_SANDBOX_URL": sandbox.url, "ANFL_SANDBOX_SMTP": sandbox.smtp,
                   "ANFL_PAGES_URL": "http://127.0.0.1:8400"}  # fmt: skip
        first = tell_executives(workspace, environ, now=EXAMPLE_AS_OF)
        tell_executives(workspace, environ, now=EXAMPLE_AS_OF + timedelta(hours=3))
        assert first.path == kept_page(workspace, EXAMPLE_AS_OF.date())
        assert json.loads(first.path.with_suffix(".json").read_text())["as_of"].startswith("2026")
        targets = (Target("Email", "executive"), Target("Slack", "executive"))
        assert first.targets == targets
        with open_alerts(workspace) as store:
            waiting = store.waiting()
        assert [row.send_key for row in waiting] == [
            "report/executive/2026-11-23/Email/executive",
            "report/executive/2026-11-23/Slack/executive",
        ]
        post = open_post(workspace.root, sandbox)
        with post.store:
            post.deliver_until(post.is_settled)
        sandbox.expect({"smtp": 1, "slack": 1})
        (mail,) = mails(sandbox.messages("smtp"))
        assert mail.subject.startswith("[REPORT, SIMULATED] Since yesterday: 2 new breaches")
        assert mail.attached == ("executive-2026-11-23.html",)
        assert "Uptime: 99.97 %" in mail.text
        assert "http://127.0.0.1:8400/executive" in mail.text
        (slack,) = sandbox.messages("slack")
        assert "/executive" in json.dumps(slack.draft.fields)
        assert from_json(waiting[1].body).document == ""


@pytest.fixture
def driver_specs(monkeypatch: pytest.MonkeyPatch) -> list[Spec]:
    """Collect what is drawn, in the place of drawing it."""
    drawn: list[Spec] = []

    def keep(spec: Spec) -> str:
        drawn.append(spec)
        return "<svg></svg>"

    monkeypatch.setattr("anfl_assets.report.digest.drawings.svg", keep)
    return drawn


def test_the_course_of_a_metric_ends_with_its_value(
    workspace: Workspace, driver_specs: list[Spec]
) -> None:
    digest = made(workspace)
    page(replace(digest, driver=None))
    tiles = [tile for panel in digest.panels for tile in panel.tiles]
    for tile, spec in zip(tiles, driver_specs, strict=True):
        assert spec["data"]["values"][-1]["value"] == tile.row.value


def _part(subject: str) -> ContributionRow:
    day = timedelta(days=1)
    return ContributionRow(
        metric_id="uptime", subject=subject, effect="rate", amount=-0.03, unit="%", whole="all",
        before=100.0, after=99.97, grain="30 days", window_start_at=EXAMPLE_AS_OF - 30 * day,
        window_end_at=EXAMPLE_AS_OF, against_start_at=EXAMPLE_AS_OF - 60 * day,
        against_end_at=EXAMPLE_AS_OF - 30 * day, computed_at=EXAMPLE_AS_OF, build_id="b",
    )  # fmt: skip


def test_the_asset_is_made_by_its_own_schedule_and_by_no_build(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ANFL_SANDBOX_URL", "ANFL_SANDBOX_SMTP", "ANFL_ALERTS", "ANFL_ALERTS_URL"):
        monkeypatch.delenv(name, raising=False)
    definitions = assemble()
    repository = definitions.get_repository_def()
    key = dg.AssetKey(["report", "executive"])
    jobs = {name: repository.get_job(name) for name in ("everything", "build_kpis", EXECUTIVE)}
    holding = [name for name, job in jobs.items() if key in job.asset_layer.selected_asset_keys]
    assert holding == [EXECUTIVE]
    schedule = repository.get_schedule_def(EXECUTIVE)
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("10 7 * * *", "UTC")
    resource = WorkspaceResource(data_dir=str(workspace.root), as_of=EXAMPLE_AS_OF.isoformat())
    made_one = dg.materialize([executive], resources={"workspace": resource})
    (told,) = made_one.asset_materializations_for_node("report__executive")
    assert kept_page(workspace, EXAMPLE_AS_OF.date()).exists()
    assert str(told.metadata["goes_to"].value).startswith("nobody: add reports.executive")
