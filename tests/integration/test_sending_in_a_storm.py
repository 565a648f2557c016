"""A channel that is dead while thousands wait for it keeps no other channel waiting."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path
from statistics import median

from anfl_assets.deliver.message import to_json
from anfl_assets.flow.alerting.sending.delivery import open_delivery
from anfl_assets.store.alerts.records import Notice, Target
from tests.integration.outbox_at_work import message, now, open_post
from tests.integration.providers import providers

WAITING = 2_000


def test_what_is_new_goes_out_within_a_second_while_a_storm_is_handed_over(tmp_path: Path) -> None:
    with providers() as sandbox:
        post = open_post(tmp_path, sandbox)
        began = now()
        body = to_json(message("first", "critical", began, 1))
        storm = [
            Notice(f"storm/{n}", 10_000 + n, "first", Target("SMS", "on_call"), began, body)
            for n in range(WAITING)
        ]
        with post.store as store:
            store.add(storm, now=began)
            store.pause("SMS", began + timedelta(hours=1), "429")
            delivery = open_delivery(
                # Its patience with the storm is over.
                post.channels,
                store,
                clock=lambda: now() + timedelta(seconds=61),
                by="test",
            )
            running = threading.Thread(target=delivery.stay, args=(6.0,))
            running.start()
            took = []
            for number in range(8):
                at = now()
                post.put("PagerDuty", incident_id=number)
                found = sandbox.wait_for(number + 1, provider="pagerduty")
                took.append((found[-1].received_at - at).total_seconds())
            running.join()
            # Asked of each; other tests run beside this one.
            assert median(took) < 1.0, took
            assert sandbox.messages("smtp")
            assert len({row.send_key for row in store.waiting()}) >= WAITING
