"""Alerting when the machine's clock was months ahead for one tick."""

from pathlib import Path

from tests.integration.alerting_at_work import Alerting, after, latency, waves
from tests.integration.providers import providers

_AHEAD = 90 * 1440


def test_what_was_decided_by_a_clock_that_was_ahead_goes_out_once_it_is_right(
    tmp_path: Path,
) -> None:
    with providers() as running:
        alerting = Alerting(tmp_path, running)
        told = alerting.run(after(0), latency("breached", after(0)))
        alerting.judge(after(_AHEAD), latency("breached", after(0)))
        told += alerting.run(after(2), latency("breached", after(2)))
        told += alerting.run(after(18), latency("breached", after(18)))
        told += alerting.run(after(20), latency("on_target", after(20)))
        alerting.assert_the_sandbox_got_exactly_what_was_sent()
    assert [wave for wave in waves(told) if wave[2] == "on_call"] == [
        (0, "first", "on_call"),
        (2, "repeat", "on_call"),
        (20, "recovery", "on_call"),
    ]
    reasons = [(minute, reason) for minute, reason, _ in waves(told)]
    assert reasons.count((2, "escalation")) == 1
    assert reasons.count((18, "escalation")) == 1
