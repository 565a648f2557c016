"""Incidents on the pages: what they show, and that a form answers as the command line does."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from argon2 import PasswordHasher

from anfl_assets.cli.main import invoke
from anfl_assets.pages.incidents.feed import AlertFeed
from anfl_assets.pages.site import open_site
from anfl_assets.store.alerts.store import open_alerts
from tests.integration.alerting_folder import AlertingFolder, alerting_folder, with_incident
from tests.integration.pages.answering import Browser, browsing
from tests.integration.postgresql_server import binaries, postgresql

HOSTILE = '"><script>alert(1)</script><b onclick=x>'
SLOW: dict[str, float | None] = {"chat": 131.25, "search": 20.0}


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ANFL_ALERTS", "ANFL_ALERTS_URL", "ANFL_SANDBOX_URL", "ANFL_SANDBOX_SMTP"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AlertingFolder]:
    monkeypatch.setenv("ANFL_DATA_DIR", str(tmp_path))
    made = with_incident(tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def browser(folder: AlertingFolder) -> Iterator[Browser]:
    with browsing(folder.workspace.root) as opened:
        yield opened


def test_where_alerting_never_ran_the_page_says_what_runs_it(tmp_path: Path) -> None:
    alerting_folder(tmp_path).store.close()
    with browsing(tmp_path) as browser:
        shown = browser.reads("/incidents")
    assert "No open incident" in shown
    assert "Alerting has never run here. anfl up runs it" in shown


def test_where_alerting_has_stopped_the_page_says_since_when(tmp_path: Path) -> None:
    folder = alerting_folder(tmp_path)
    folder.judge(0, {"search": 20.0})
    folder.store.close()
    with browsing(tmp_path) as browser:
        shown = browser.reads("/incidents")
    assert "Alerting is not running: it judged last 13 min" in shown
    assert "None is known, and nothing is judged now" in shown


def test_the_list_says_what_since_when_who_answered_and_what_comes_next(browser: Browser) -> None:
    shown = browser.reads("/incidents")
    assert "1 open incident " in shown
    for part in ("critical", "Inference latency of", "and 1 more", "nobody", "escalates to ml_pl"):
        assert part in shown, shown
    other = browser.reads("/incidents?metric=uptime&state=open")
    assert "None of the 1 open incident is of this kind" in other
    assert "Recently over" not in other
    assert "state='x'; expected all or open" in browser.reads("/incidents?state=x", 400)


def test_an_incident_has_its_members_its_story_and_what_is_ahead(
    folder: AlertingFolder, browser: Browser
) -> None:
    folder.store.claim(folder.at(13), channel="PagerDuty", by="t", lease=timedelta(minutes=1))
    (first, *_) = folder.store.notices(1)
    folder.store.sent(first.notice_id, reference="Q1", at=folder.at(6))
    shown = browser.reads("/incidents/1")
    for part in (
        "150 ms, alert above 100 ms, and 1 more",
        "open, acknowledged by nobody",
        "escalates to ml_platform at",
        "131.25 ms 131.25 ms < 50 ms 100 ms",
        "opened incident 1 (critical)",
        "first message to on_call by PagerDuty: taken by the provider (receipt Q1)",
        "first message to on_call by SMS: not sent yet",
        "the response time was missed: nobody acknowledged it within 5 min",
    ):
        assert part in shown, shown
    assert "held back: 1 of 2 evaluations" in browser.reads("/incidents/1/why")


@pytest.mark.parametrize("path", ["/incidents/77", "/incidents/77/why"])
def test_a_number_that_no_incident_has_is_said_with_a_way_on(browser: Browser, path: str) -> None:
    assert "There is no incident 77" in browser.reads(path, 404)
    for digits in (19, 5_000):
        assert "no page has this address" in browser.reads(f"/incidents/{'9' * digits}", 404)
    assert browser.presses("/incidents/1", "/incidents/77/acknowledge").status_code == 404
    assert browser.presses("/incidents/1", "/silences/77/end").status_code == 404


def test_the_chart_shades_the_incident_and_draws_what_is_known_without_any_build(
    browser: Browser,
) -> None:
    spec = json.loads(browser.html("/incidents/1/chart.json?look=dark"))
    assert {row["value"] for row in spec["data"]["values"]} == {150.0, None} - {None}
    assert "threshold 100 ms" in json.dumps(spec)
    assert browser.client.get("/incidents/77/chart.json").status_code == 404
    assert browser.client.get("/incidents/1/chart.json?look=pink").status_code == 400


def test_acknowledging_by_the_page_is_what_the_command_line_shows_and_stops_escalation(
    folder: AlertingFolder, browser: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    fields = {"by": "Åsa <b>", "note": "new model"}
    shown = browser.presses("/incidents/1", "/incidents/1/acknowledge", **fields)
    assert "Acknowledged: nobody else is told, and escalation has stopped." in shown.text
    assert "Åsa &lt;b&gt; acknowledged it" in shown.text
    assert invoke(["alerts", "list", "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)["incidents"]
    assert told["acknowledged_by"] == "Åsa <b>"
    assert folder.store.incident(1).acknowledged_via == "the pages (new model)"
    folder.judge(40, SLOW)
    assert "escalation" not in {each.reason for each in folder.store.notices(1)}
    assert 'value="Åsa &lt;b&gt;"' in browser.html("/silences")


def test_who_acknowledges_second_is_told_who_was_first(browser: Browser) -> None:
    browser.presses("/incidents/1", "/incidents/1/acknowledge", by="ana")
    again = browser.presses("/silences", "/incidents/1/acknowledge", by="bob", back="/incidents")
    assert again.status_code == 200
    assert "ana acknowledged it already, at" in again.text


def test_of_a_page_and_a_command_line_at_once_one_is_first(
    folder: AlertingFolder, browser: Browser
) -> None:
    browser.html("/incidents/1")
    together = threading.Barrier(2)
    codes: list[int] = []

    def at_the_terminal() -> None:
        together.wait()
        codes.append(invoke(["alerts", "ack", "1", "--by", "terminal"]))

    other = threading.Thread(target=at_the_terminal)
    other.start()
    together.wait()
    answer = browser.presses("/incidents/1", "/incidents/1/acknowledge", by="page")
    other.join()
    assert (answer.status_code, codes) == (200, [0])
    lines = [
        each for each in folder.store.decisions(incident_id=1) if each.verdict == "acknowledged"
    ]
    assert len(lines) == 1
    assert folder.store.incident(1).acknowledged_by in ("page", "terminal")


def test_closing_needs_a_reason_and_is_told_once(browser: Browser) -> None:
    refused = browser.presses("/incidents/1", "/incidents/1/resolve", by="ana", reason=" ")
    assert (refused.status_code, "say why, in a few words" in refused.text) == (400, True)
    closed = browser.presses("/incidents/1", "/incidents/1/resolve", by="ana", reason="rollback")
    assert "Closed: nobody had been told." in closed.text
    assert "was closed by hand" in closed.text
    again = browser.presses("/silences", "/incidents/1/resolve", by="bob", reason="too")
    late = browser.presses("/silences", "/incidents/1/acknowledge", by="bob")
    for answer in (again, late):
        assert answer.status_code == 200
        assert "It is over already" in answer.text
    assert "Recently over" in browser.reads("/incidents")


def test_a_silence_is_made_shown_and_ended(folder: AlertingFolder, browser: Browser) -> None:
    given = {"metric": "latency", "subject": "ch*", "reason": "deploy", "span": "1h", "by": "ana"}
    made = browser.presses("/silences", "/silences", **given)
    assert "Silence 1 holds." in made.text
    (kept,) = folder.store.all_silences()
    assert (str(kept.match), kept.author) == ("metric=inference_latency subject=ch*", "ana")
    assert kept.ends_at - kept.starts_at == timedelta(hours=1)
    assert "1 thing that is wrong" in browser.reads("/silences")
    ended = browser.presses("/silences", "/silences/1/end", by="bob")
    assert "Silence 1 has ended" in ended.text
    assert "had ended already" in browser.presses("/silences", "/silences/1/end", by="bob").text


def test_a_silence_may_hide_only_what_is_foretold(folder: AlertingFolder, browser: Browser) -> None:
    given = {"metric": "latency", "kind": "forecast", "reason": "we know", "by": "ana"}
    assert "Silence 1 holds." in browser.presses("/silences", "/silences", **given).text
    (kept,) = folder.store.all_silences()
    assert str(kept.match) == "metric=inference_latency kind=forecast"
    assert "thing that is wrong" not in browser.reads("/silences")


def test_a_silence_of_everything_is_asked_back_before_it_is_made(
    folder: AlertingFolder, browser: Browser
) -> None:
    given = {"metric": "*", "reason": "move", "by": "ana", "span": "3d"}
    doubted = browser.presses("/silences", "/silences", **given)
    assert doubted.status_code == 422
    assert "This is very wide" in doubted.text
    assert folder.store.all_silences() == []
    browser.presses("/silences", "/silences", **given, sure="metric=*")
    assert len(folder.store.all_silences()) == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"reason": "x"}, "say what is meant"),
        ({"metric": "latncy", "reason": "x"}, "did you mean"),
        ({"metric": "latency", "reason": " "}, "say why"),
        ({"severity": "loud", "reason": "x"}, "no severity"),
        ({"kind": "loud", "reason": "x"}, "nothing is wrong in the way"),
    ],
)
def test_a_silence_that_cannot_be_made_says_why_beside_its_form(
    folder: AlertingFolder, browser: Browser, fields: dict[str, str], said: str
) -> None:
    answer = browser.presses("/silences", "/silences", by="ana", **fields)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert folder.store.all_silences() == []


def test_why_nobody_was_told_is_answered_for_each_subject(
    folder: AlertingFolder, browser: Browser
) -> None:
    at = folder.at(13).isoformat().replace("+", "%2B")
    shown = browser.reads(f"/incidents/why-not?metric=latency&at={at}")
    assert "held back" in shown
    assert "inference_latency of late" in shown
    assert "did you mean" in browser.reads("/incidents/why-not?metric=latncy")
    assert "is no date or time" in browser.reads("/incidents/why-not?metric=latency&at=noon")
    nothing = browser.reads("/incidents/why-not?metric=latency&subject=nobody")
    assert "Nothing was ever judged or decided of it" in nothing


def test_names_from_outside_do_nothing(folder: AlertingFolder, browser: Browser) -> None:
    slow: dict[str, float | None] = {HOSTILE: 150.0, "chat": 131.25}
    folder.judge(20, slow)
    folder.judge(25, slow)
    reason = {"metric": "latency", "reason": HOSTILE, "by": HOSTILE}
    browser.presses("/silences", "/silences", **reason)
    asked = "/incidents/why-not?metric=latency&subject=%22%3E%3Cscript%3Ealert(1)"
    for path in ("/incidents", "/incidents/1", "/incidents/1/why", "/silences", asked):
        html = browser.html(path)
        assert "<script>" not in html
        assert "<b onclick" not in html
        assert " style=" not in html
        assert "\x1b" not in html


def test_a_viewer_reads_and_answers_nothing(folder: AlertingFolder) -> None:
    mark = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("an onlooker's words")
    access = folder.workspace.root / "access.yaml"
    access.write_text(f'users:\n  vic: {{password_hash: "{mark}"}}\n')
    access.chmod(0o600)
    with browsing(folder.workspace.root) as browser:
        browser.client.auth = ("vic", "an onlooker's words")
        shown = browser.html("/incidents/1")
        assert "you are vic, a viewer" in shown
        assert '<button class="primary" disabled' in shown
        assert 'name="by"' not in shown
        for path in ("/incidents/1/acknowledge", "/incidents/1/resolve", "/silences"):
            answer = browser.presses("/incidents/1", path, reason="x")
            assert answer.status_code == 403
    assert folder.store.incident(1).acknowledged_at is None


def test_a_form_without_the_pages_token_changes_nothing(
    folder: AlertingFolder, browser: Browser
) -> None:
    browser.html("/incidents/1")
    answer = browser.client.post("/incidents/1/acknowledge", data={"by": "mallory"})
    assert answer.status_code == 403
    assert folder.store.incident(1).acknowledged_at is None


def test_the_feed_tells_the_newest_and_says_when_it_cannot(
    folder: AlertingFolder, browser: Browser
) -> None:
    site = open_site(folder.workspace, {})
    feed = AlertFeed(site)
    assert [each.incident.incident_id for each in feed()["standing"]] == [1]
    assert feed()["messages"] == []
    kept = feed()
    assert [text for _, _, text in kept["decisions"]] == [
        "the response time was missed: nobody acknowledged it within 5 min"
    ]
    browser.presses("/silences", "/incidents/1/acknowledge", by="ana", back="/incidents")
    told = feed()
    assert told["standing"][0].incident.acknowledged_by == "ana"
    assert told["decisions"][0][2] == "acknowledged by ana through the pages"
    site.alerts.close()
    folder.store.close()
    for path in folder.workspace.state_dir.glob("alerts.sqlite*"):
        path.unlink()
    (folder.workspace.state_dir / "alerts.sqlite").write_bytes(b"no database at all" * 100)
    broken = feed()
    assert broken["standing"] == []
    assert "alerts.sqlite" in broken["problem"]
    site.alerts.close()


@pytest.mark.skipif(binaries() is None, reason="PostgreSQL's programs are absent")
def test_an_incident_that_is_kept_in_postgresql_is_answered_all_the_same(tmp_path: Path) -> None:
    with postgresql() as server:
        schema = f"s{secrets.token_hex(6)}"
        with psycopg.connect(server.url()) as connection:
            connection.execute(f"create schema {schema}".encode())
        url = f"{server.url()}?options=-csearch_path%3D{schema}"
        folder = alerting_folder(tmp_path)
        folder.store.close()
        with open_alerts(folder.workspace, url) as store:
            kept = AlertingFolder(folder.workspace, folder.policy, store, folder.began_at)
            kept.judge(0, SLOW)
            kept.judge(5, SLOW)
            with browsing(tmp_path, {"ANFL_ALERTS_URL": url}) as browser:
                browser.presses("/incidents/1", "/incidents/1/acknowledge", by="ana")
                browser.presses("/silences", "/silences", metric="latency", reason="x", by="ana")
                ended = browser.presses("/silences", "/silences/1/end", by="ana")
            assert "has ended" in ended.text
            assert store.incident(1).acknowledged_by == "ana"
