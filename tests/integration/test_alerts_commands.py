"""`anfl alerts` on real state: what is shown, what is answered, what is refused in one line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from anfl_assets.cli.main import invoke
from anfl_assets.store.alerts.records import Target
from tests.integration.alerting_folder import AlertingFolder, alerting_folder, with_incident
from tests.integration.providers import Providers, providers


@pytest.fixture(autouse=True)
def _bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert tmp_path.exists()  # made before the login name is another
    for name in ("ANFL_ALERTS", "ANFL_ALERTS_URL", "ANFL_SANDBOX_URL", "ANFL_SANDBOX_SMTP"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LOGNAME", "ana")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AlertingFolder]:
    monkeypatch.setenv("ANFL_DATA_DIR", str(tmp_path))
    made = with_incident(tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AlertingFolder]:
    monkeypatch.setenv("ANFL_DATA_DIR", str(tmp_path))
    made = alerting_folder(tmp_path)
    yield made
    made.store.close()


class Terminal:
    """Runs commands and gives back what a person sees, in one line."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Read what the command writes."""
        self.capsys = capsys

    def says(self, *words: str, code: int = 0) -> str:
        """Run `anfl alerts …`; return its output."""
        found = invoke(["alerts", *words])
        written = self.capsys.readouterr()
        assert found == code, written
        shown = written.out if code == 0 else written.err
        assert "\x1b" not in shown
        return " ".join(shown.split())

    def tells(self, *words: str) -> Any:  # noqa: ANN401 - whatever the command prints
        """Run `anfl alerts … --json`; return what it printed."""
        assert invoke(["alerts", *words, "--json"]) == 0
        return json.loads(self.capsys.readouterr().out)


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(capsys)


def test_where_alerting_never_ran_the_list_says_what_runs_it(
    empty: AlertingFolder, terminal: Terminal
) -> None:
    assert empty.workspace.root.exists()
    assert terminal.says("list") == (
        "no incident: alerting has never run here; `anfl up` runs it, `anfl doctor` looks"
    )


def test_where_nothing_is_wrong_the_list_says_since_when_and_what_to_ask(
    empty: AlertingFolder, terminal: Terminal
) -> None:
    empty.judge(12, {"chat": 20.0})
    assert terminal.says("list") == (
        f"no open incident; last judged {empty.at(12):%Y-%m-%d %H:%M:%S} UTC. `anfl alerts "
        "why-not METRIC` says why nobody was told; `--all` shows what is over"
    )


def test_the_list_shows_what_how_many_since_when_and_what_comes_next(
    folder: AlertingFolder, terminal: Terminal
) -> None:
    shown = terminal.says("list")
    for part in (
        "1 critical inference_latency breached:",
        f"{folder.at(5):%m-%d %H:%M} escalate in",
        "\ufffd[31mevil\ufffdnamexxx",
        "1 more",
    ):
        assert part in shown, shown
    assert "nobody is told of 1 more:" in shown
    assert "pending: held back: 1 of 2 evaluations" in shown
    assert "x" * 100 not in shown


def test_the_list_as_json_has_every_field(folder: AlertingFolder, terminal: Terminal) -> None:
    told = terminal.tells("list")
    (incident,) = told["incidents"]
    assert incident["incident_id"] == 1
    assert incident["opened_at"] == folder.at(5).isoformat()
    assert [step["step"] for step in incident["deadlines"]] == ["escalate"]
    assert {each["subject"][:4] for each in incident["firing"]} == {"chat", "\x1b[31"}
    assert [each["subject"] for each in told["held_back"]] == ["late"]


def test_the_list_has_the_worst_first_and_what_is_over_last(
    folder: AlertingFolder, terminal: Terminal
) -> None:
    slow: dict[str, float | None] = {"chat": 131.25, "search": 70.0}
    folder.judge(20, slow)
    folder.judge(25, slow)
    found = [each["severity"] for each in terminal.tells("list")["incidents"]]
    assert found == ["critical", "warning"]
    terminal.says("resolve", "1", "--reason", "rolled back")
    found = [each["severity"] for each in terminal.tells("list", "--all")["incidents"]]
    assert found == ["warning", "critical"]


def test_show_has_members_clocks_policy_and_everybody_who_was_told(
    folder: AlertingFolder, terminal: Terminal
) -> None:
    (first, *_) = folder.store.notices(1)
    folder.store.claim(folder.at(13), channel="PagerDuty", by="t", lease=timedelta(minutes=1))
    folder.store.sent(first.notice_id, reference="Q1", at=folder.at(6))
    shown = terminal.says("show", "1")
    for part in (
        "incident 1, critical, open",
        "ladder [on_call] > ml_platform > executive",
        "answer within 5 min, escalation after 15 min, at most 9 repeats",
        f"nobody answered by {folder.at(12):%Y-%m-%d %H:%M:%S} UTC",
        "chat 5 minutes 131.25 ms < 50.00 ms 100.00 ms",
        f"first on_call PagerDuty sent {folder.at(6):%m-%d %H:%M:%S} Q1",
    ):
        assert part in shown
    assert terminal.tells("show", "1")["policy"]["ladder"] == [
        "on_call",
        "ml_platform",
        "executive",
    ]


def test_why_tells_the_story_with_receipts(folder: AlertingFolder, terminal: Terminal) -> None:
    (first, *_) = folder.store.notices(1)
    folder.store.claim(folder.at(13), channel="PagerDuty", by="t", lease=timedelta(minutes=1))
    folder.store.sent(first.notice_id, reference="Q1", at=folder.at(6))
    shown = terminal.says("why", "1")
    for part in (
        "judged inference_latency of chat (5 minutes, breached) was 131.25 ms (alert above",
        "held back: 1 of 2 evaluations",
        "(critical)",
        "decided to tell, first: PagerDuty to on_call, SMS to on_call, Email to on_call",
        "sent first message to on_call by PagerDuty: taken by the provider (receipt Q1)",
        "the response time was missed: nobody acknowledged it within 5 min",
    ):
        assert part in shown, shown
    story = terminal.tells("why", "1")["story"]
    assert story == sorted(story, key=lambda each: each["at"])


def test_why_not_answers_each_subject(folder: AlertingFolder, terminal: Terminal) -> None:
    minute = folder.at(13).isoformat()
    told = terminal.tells("why-not", "latency", "--at", minute)
    outcomes = {each["subject"]: each["outcome"] for each in told["answers"]}
    assert (outcomes["chat"], outcomes["late"]) == ("waiting", "held_back")
    assert "the log alone" in told["source"]
    early = terminal.says("why-not", "inference_latency", "chat", "--at", folder.at(1).isoformat())
    assert "inference_latency of chat was 131.25 ms" in early
    assert "held back: 1 of 2 evaluations" in early
    before = terminal.says("why-not", "latency", "--at", folder.at(-1).isoformat())
    assert "nothing was ever judged or decided" in before
    down = folder.at(60).isoformat()
    assert "the evaluator was not running then: it ran until" in terminal.says(
        "why-not", "latency", "chat", "--at", down
    )


def test_acknowledging_twice_says_who_did(folder: AlertingFolder, terminal: Terminal) -> None:
    assert terminal.says("ack", "1", "--note", "new model") == (
        "incident 1: acknowledged by ana; told again in 4 h if it still fires"
    )
    assert "incident 1: ana acknowledged it already" in terminal.says("ack", "1", "--by", "bob")
    incident = folder.store.incident(1)
    assert (incident.acknowledged_by, incident.acknowledged_via) == (
        "ana",
        "the command line (new model)",
    )
    assert "ana" in terminal.says("list")


def test_a_broken_alerts_yaml_keeps_nobody_from_answering(
    folder: AlertingFolder, terminal: Terminal
) -> None:
    (folder.workspace.root / "alerts.yaml").write_text("metrics: {nonsense: {for: 3 parsecs}}")
    assert "incident 1: acknowledged by ana" in terminal.says("ack", "1")
    assert "silence 1:" in terminal.says("silence", "latency", "--for", "1h", "--reason", "known")
    assert "closed by ana" in terminal.says("resolve", "1", "--reason", "rolled back")
    assert "metrics.nonsense" in terminal.says("check", code=2)


def test_resolving_twice_is_once_and_what_is_over_cannot_be_acknowledged(
    folder: AlertingFolder, terminal: Terminal
) -> None:
    assert terminal.says("resolve", "1", "--reason", "rolled back") == (
        "incident 1: closed by ana; nobody had been told"
    )
    assert terminal.says("resolve", "1", "--reason", "again") == "incident 1 is over already"
    assert "is over" in terminal.says("ack", "1", code=2)
    assert folder.store.incident(1).resolved_by == "ana (rolled back)"
    shown = terminal.says("list", "--all")
    assert "inference_latency breached:" in shown
    assert "closed by hand" in shown


def test_a_silence_says_what_it_hides_and_ends_when_told_to(
    folder: AlertingFolder, terminal: Terminal
) -> None:
    shown = terminal.says(
        "silence", "latency", "--subject", "ch*", "--for", "2h", "--reason", "deploy \x1b[0m"
    )
    assert "silence 1: metric=inference_latency subject=ch*, until" in shown
    assert "it hides 1 that are wrong now, 1 of them firing: inference_latency chat" in shown
    folder.judge(14, {"chat": 140.0})
    muted = terminal.says("why-not", "latency", "chat", "--at", folder.at(14).isoformat())
    assert "silence 1 by ana" in muted
    assert "metric=inference_latency subject=ch* ana" in terminal.says("list")
    assert terminal.says("unsilence", "1") == "silence 1: ended by ana"
    assert "silence 1 has ended" in terminal.says("unsilence", "1")
    everything = terminal.says("silence", "*", "--for", "1d12h", "--reason", "move", "--by", "bob")
    assert "silence 2: metric=*, until" in everything
    forecasts = terminal.says("silence", "--kind", "forecast", "--for", "3d", "--reason", "planned")
    assert "silence 3: kind=forecast, until" in forecasts
    assert "nothing that is wrong now matches" in forecasts


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ack", "77"), "anfl: found no incident 77"),
        (("show", "77"), "anfl: found no incident 77"),
        (("why", "77"), "anfl: found no incident 77"),
        (("unsilence", "9"), "anfl: no silence 9 is in force"),
        (("why-not", "latncy"), "did you mean 'latency'?"),
        (("why-not", "latency", "--at", "noon"), "no ISO 8601 date"),
        (("show", "9" * 40), "is not in the range"),
        (("resolve", "1"), "Missing option '--reason'"),
        (("silence", "latncy", "--for", "2h", "--reason", "x"), "did you mean 'latency'?"),
        (("silence", "zz*", "--for", "2h", "--reason", "x"), "no metric matches 'zz*'"),
        (("silence", "growth", "--for", "2h", "--reason", "x"), "name one of them"),
        (("silence", "latency", "--for", "31d", "--reason", "x"), "longer than 30 days"),
        (("silence", "latency", "--for", "2x", "--reason", "x"), "no length of time such as 30m"),
        (("silence", "latency", "--for", "0h", "--reason", "x"), "no length of time such as 30m"),
        (("silence", "latency", "--reason", "x"), "Missing option '--for'"),
        (("silence", "latency", "--for", "2h"), "Missing option '--reason'"),
        (("silence", "latency", "--for", "2h", "--reason", " "), "say why"),
        (("silence", "--for", "2h", "--reason", "x"), "say what: METRIC"),
        (
            ("silence", "--severity", "critcal", "--for", "2h", "--reason", "x"),
            "did you mean 'critical'?",
        ),
        (("ack", "1", "--by", " "), "say who you are"),
        (("test", "slak"), "did you mean 'Slack'?"),
        (("test", "slack"), "Slack is not configured"),
        (("lst",), "did you mean 'list'?"),
    ],
)
def test_a_mistake_is_said_in_words(
    folder: AlertingFolder, terminal: Terminal, words: tuple[str, ...], said: str
) -> None:
    assert folder.workspace.root.exists()
    assert said in terminal.says(*words, code=2)


def test_what_did_not_go_out_is_listed(folder: AlertingFolder, terminal: Terminal) -> None:
    (held,) = folder.store.claim(
        folder.at(13), channel="SMS", by="t", lease=timedelta(minutes=1), limit=1
    )
    folder.store.refused(held.notice_id, error="no such number \x1b[31m", at=folder.at(13))
    assert "on_call SMS refused, 1 attempts no such number" in terminal.says("list")


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Providers]:
    with providers() as running:
        monkeypatch.setenv("ANFL_SANDBOX_URL", running.url)
        monkeypatch.setenv("ANFL_SANDBOX_SMTP", running.smtp)
        yield running


@pytest.mark.parametrize(
    ("channel", "provider"),
    [("SLACK", "slack"), ("email", "smtp"), ("Sms", "twilio"), ("pagerduty", "pagerduty")],
)
@pytest.mark.usefixtures("empty")
def test_a_test_arrives_and_its_receipt_is_printed(
    sandbox: Providers, terminal: Terminal, channel: str, provider: str
) -> None:
    assert "taken by the sandbox, receipt" in terminal.says("test", channel)
    assert len(sandbox.messages(provider)) == 1


def test_a_test_that_fails_says_why_and_leaves_with_1(
    empty: AlertingFolder, sandbox: Providers, terminal: Terminal
) -> None:
    assert empty.workspace.root.exists()
    sandbox.script("twilio", [{"status": 500}])
    assert "anfl: SMS to on_call: " in terminal.says("test", "sms", code=1)


def test_check_says_every_fault_and_whom_nobody_can_reach(
    empty: AlertingFolder, terminal: Terminal, tmp_path: Path
) -> None:
    assert empty.workspace.root.exists()
    assert "does not exist: the catalog's policy holds" in terminal.says("check")
    own = tmp_path / "alerts.yaml"
    own.write_text(
        "channels: {Email: {kind: smtp, host: 127.0.0.1, port: 25, from: a@b.example, tls: none}}\n"
        "contacts: {on_call: {Email: o@example.org}}\n"
    )
    shown = terminal.says("check")
    assert "alerts.yaml; no fault" in shown
    assert "look executive has no address on Email" in shown
    own.write_text("channels: {Email: {kind: smpt}}\nrutes: []\n")
    refused = terminal.says("check", code=2)
    assert "rutes" in refused
    assert "smpt" in refused
    assert invoke(["alerts", "check", "--json"]) == 2
    assert json.loads(terminal.capsys.readouterr().out)["is_ok"] is False


def test_doctor_tells_what_is_broken_and_what_to_do(
    folder: AlertingFolder, sandbox: Providers, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sandbox.url
    assert invoke(["doctor"]) == 1
    shown = " ".join(capsys.readouterr().out.split())
    assert "\x1b" not in shown
    for part in (
        "✖ broken last build nothing was ever published → `anfl run`",
        "▲ look evaluator last ran",
        "✖ broken deliverer has never run",
        "▲ look incidents nobody acknowledged 1 (critical) in time → `anfl alerts ack ID`",
        "▲ look channels the sandbox stands in for all",
        "✖ broken outbox 6 messages wait, the oldest due",
    ):
        assert part in shown, shown
    (held,) = folder.store.claim(
        folder.at(13), channel="SMS", by="t", lease=timedelta(minutes=1), limit=1
    )
    assert held.target == Target("SMS", "on_call")
    folder.store.refused(held.notice_id, error="no such number", at=folder.at(13))
    invoke(["alerts", "silence", "latency", "--for", "30m", "--reason", "x"])
    capsys.readouterr()
    assert invoke(["doctor", "--json", "--max-age", "1m"]) == 1
    found = json.loads(capsys.readouterr().out)["findings"]
    told = {(each["topic"], each["health"]): each["text"] for each in found}
    assert told["channel SMS", "broken"] == "refused 1 message: no such number"
    assert "1 by ana hides" in told["silences", "look"]


def test_doctor_needs_a_data_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["doctor", "--data-dir", str(tmp_path / "none")]) == 2
    assert "no data folder" in capsys.readouterr().err
