"""Senders that are killed, or meet another: nothing is lost, and what is sent twice has one key."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.integration.outbox_at_work import Post, open_post
from tests.integration.providers import Providers, providers

ROOT = Path(__file__).resolve().parents[2]
SENDER = """
import sys
from datetime import timedelta
from pathlib import Path
from tests.integration.outbox_at_work import now
from anfl_assets.deliver.sandboxed import sandbox_channels
from anfl_assets.flow.alerting.sending.delivery import open_delivery
from anfl_assets.store.alerts.store import open_alerts
from anfl_assets.store.workspace import Workspace
import os
late = timedelta(seconds=float(sys.argv[2]))
with open_alerts(Workspace(Path(sys.argv[1]))) as store:
    channels = sandbox_channels(os.environ, now)
    delivery = open_delivery(channels, store, clock=lambda: now() + late, by=str(os.getpid()))
    print(delivery.once(), flush=True)
"""
# As much later as the lease of a dead sender lasts.
AFTER_THE_LEASE = timedelta(seconds=61).total_seconds()


@pytest.fixture
def sandbox() -> Iterator[Providers]:
    with providers() as running:
        yield running


@pytest.fixture
def post(tmp_path: Path, sandbox: Providers) -> Iterator[Post]:
    opened = open_post(tmp_path, sandbox)
    with opened.store:
        yield opened


def sender(
    post: Post, sandbox: Providers, *, late_s: float = 0.0, crash_at: str = ""
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SENDER, str(post.folder), str(late_s)],
        cwd=ROOT,
        env={
            **os.environ,
            "ANFL_SANDBOX_URL": sandbox.url,
            "ANFL_SANDBOX_SMTP": sandbox.smtp,
            "ANFL_CRASH_AT": crash_at,
        },
        stdout=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> int:
    process.communicate(timeout=90)
    return process.returncode


@pytest.mark.parametrize(
    ("point", "totals"),
    [
        ("alerts_before_send", (0, 1)),
        ("alerts_after_send", (1, 2)),
        ("alerts_after_commit", (1, 1)),
    ],
)
def test_a_killed_sender_loses_nothing_and_sends_twice_only_what_it_could_not_say(
    post: Post, sandbox: Providers, point: str, totals: tuple[int, int]
) -> None:
    arrived, in_all = totals
    key = post.put("SMS")
    assert ended(sender(post, sandbox, crash_at=point)) == -signal.SIGKILL
    sandbox.expect({"twilio": arrived})
    assert ended(sender(post, sandbox, late_s=0)) == 0
    sandbox.expect({"twilio": arrived})
    assert ended(sender(post, sandbox, late_s=AFTER_THE_LEASE)) == 0
    sandbox.expect({"twilio": in_all})
    assert post.states() == {key: "sent"}
    assert len({each.draft.identity for each in sandbox.messages("twilio")}) == 1


def test_two_senders_at_once_send_each_message_once(post: Post, sandbox: Providers) -> None:
    for number in range(40):
        post.put("PagerDuty", incident_id=number)
        post.put("Email", incident_id=number)
    both = [sender(post, sandbox) for _ in range(2)]
    assert [ended(each) for each in both] == [0, 0]
    post.deliver_until(post.is_settled)
    sandbox.expect({"pagerduty": 40, "smtp": 40})
    assert set(post.states().values()) == {"sent"}
