"""Policy tests run by the compiled judge: the examples hold, and a wrong one says what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from anfl_assets.catalog import load_catalog
from anfl_assets.cli.alerts.verify import command
from anfl_assets.errors import AlertsError
from anfl_assets.flow.alerting.replaying.verify import verify

POLICIES = Path(__file__).parents[1] / "policies"


@pytest.mark.parametrize("name", ["default.yaml", "own.yaml"])
def test_the_policies_tell_what_their_tests_say(name: str) -> None:
    result = CliRunner().invoke(command, [str(POLICIES / name)])
    assert (result.exit_code, "✖" in result.output) == (0, False), result.output


_FAILING = """
tests:
  - name: Wrong in three ways
    series: {metric: latency, subject: chat, values: "40 120x2 40"}
    expect:
      - {at: 10m, reason: first, to: [PagerDuty/on_call, Email/on_call]}
      - {at: 15m, reason: escalation, to: [SMS]}
      - {at: 15m, reason: repeat, to: [PagerDuty, SMS, Email]}
      - {at: 20m, reason: recovery, to: [PagerDuty, SMS, Email]}
"""


def test_a_message_too_many_and_a_message_too_few_are_shown_in_their_place(tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(_FAILING)
    result = CliRunner().invoke(command, [str(path)])
    assert result.exit_code == 1
    assert [line.split()[:4] for line in result.output.splitlines()[1:-1]] == [
        ["10m", "first", "Email/on_call", "inference_latency"],
        ["10m", "first", "PagerDuty/on_call", "inference_latency"],
        ["+", "10m", "first", "SMS/on_call"],
        ["-", "15m", "escalation", "SMS"],
        ["15m", "repeat", "Email/on_call", "inference_latency"],
        ["15m", "repeat", "PagerDuty/on_call", "inference_latency"],
        ["15m", "repeat", "SMS/on_call", "inference_latency"],
        ["20m", "recovery", "Email/on_call", "inference_latency"],
        ["20m", "recovery", "PagerDuty/on_call", "inference_latency"],
        ["20m", "recovery", "SMS/on_call", "inference_latency"],
    ]
    assert result.output.splitlines()[-1] == "0 of 1 tests passed"


_FAULTY = """
tests:
  - series: {metric: latncy, subject: chat, values: "forty"}
    ack: [{at: soon, by: ana}]
    expect: [{at: 10m, reason: frist, to: [Pager]}]
"""


def test_every_fault_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "faulty.yaml"
    path.write_text(_FAULTY)
    with pytest.raises(AlertsError) as told:
        list(verify(path))
    assert {fault.key.partition("tests[0].")[2] for fault in told.value.faults} == {
        "ack[0].at",
        "expect[0].reason",
        "series.values",
        "series.metric",
    }


def test_every_metric_of_the_catalog_can_stand_in_a_test(tmp_path: Path) -> None:
    path = tmp_path / "all.yaml"
    series = "".join(
        f"      - {{metric: {metric}, subject: one, values: '1'}}\n"
        for metric in load_catalog().metrics
    )
    path.write_text(f"tests:\n  - series:\n{series}    until: 0\n    expect: []\n")
    [found] = verify(path)
    assert {line.mark for line in found.lines} <= {"+"}
