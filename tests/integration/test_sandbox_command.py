"""`anfl alerts sandbox` as a process: its addresses, its refusals, its end."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from anfl_assets.cli.alerts.sandbox import command
from anfl_assets.deliver.sandbox.server import bound
from anfl_assets.errors import UserError
from anfl_assets.store.alerts.records import Member
from anfl_assets.store.alerts.store import open_alerts
from anfl_assets.store.ledger import open_ledger
from anfl_assets.store.workspace import open_workspace
from tests.unit.store.alert_records import NOW, condition, incident, outcome, reading

_START = [sys.executable, "-m", "anfl_assets.cli", "alerts", "sandbox"]


@contextmanager
def _running(*options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    process = subprocess.Popen([*_START, *options], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        told = ""
        for line in process.stdout:
            told += line
            if line.startswith("Ctrl-C"):
                break
        yield process, told
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_is_and_ends_at_once(number: int, tmp_path: Path) -> None:
    with _running("--data-dir", str(tmp_path)) as (process, told):
        found = re.search(r"ANFL_SANDBOX_URL=(\S+) ANFL_SANDBOX_SMTP=(\S+)", told)
        assert found is not None
        assert httpx.post(f"{found[1]}/webhook/a", json={}, timeout=30).status_code == 200
        assert str(tmp_path / "state" / "sandbox.jsonl") in told
        httpx.post(f"{found[1]}/script/webhook", json=[{"hang_s": 600}])
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{found[1]}/webhook/a", json={}, timeout=0.3)
        begins = time.monotonic()
        process.send_signal(number)
        assert process.wait(60) == 0
        assert time.monotonic() - begins < 10
    assert len((tmp_path / "state" / "sandbox.jsonl").read_text().splitlines()) >= 1


def test_the_button_acknowledges_in_the_folder(tmp_path: Path) -> None:
    workspace = open_workspace(tmp_path)
    with open_ledger(workspace), open_alerts(workspace) as store, store.transaction() as before:
        joined = Member(1, condition().key, NOW, reading())
        made = outcome(incidents=(incident(),), conditions=(condition(),), members=(joined,))
        before.keep(made, now=NOW)
    payload = {"summary": "slow", "source": "chat", "severity": "critical"}
    event = {"routing_key": "k", "event_action": "trigger", "dedup_key": "d"}
    told_id = {"payload": {**payload, "custom_details": {"incident_id": 1}}}
    with _running("--data-dir", str(tmp_path)) as (_, told):
        url = re.findall(r"ANFL_SANDBOX_URL=(\S+)", told)[0]
        with httpx.Client(base_url=url, headers={"Origin": url}, timeout=60) as page:
            page.post("/pagerduty/v2/enqueue", json=event | told_id)
            token = re.findall(r'name="csrf" value="([^"]+)"', page.get("/").text)[0]
            form = {"csrf": token, "incident_id": "1", "via": "pagerduty", "by": "Ana"}
            answered = page.post("/acknowledge", data=form)
            assert answered.status_code == 303, answered.text
            assert page.post("/acknowledge", data={**form, "incident_id": "9"}).status_code == 409
    with open_alerts(workspace) as store:
        found = store.incident(1)
    assert (found.acknowledged_by, found.acknowledged_via) == ("Ana", "sandbox Pager")


def test_other_machines_are_refused() -> None:
    with pytest.raises(UserError, match=r"--host 0\.0\.0\.0: expected a loopback address"):
        CliRunner().invoke(command, ["--host", "0.0.0.0"], catch_exceptions=False)  # noqa: S104


def test_a_taken_port_is_said() -> None:
    with bound("127.0.0.1", 0) as taken:
        port = str(taken.getsockname()[1])
        with pytest.raises(UserError, match=f"--port {port}: another program uses it"):
            CliRunner().invoke(command, ["--port", port], catch_exceptions=False)
