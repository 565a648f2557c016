"""What a run looks like where nobody watches: one line for each thing worth one."""

import pytest

from anfl_assets.cli.render import console
from anfl_assets.cli.step_lines import StepLines, step_label
from anfl_assets.defs.progress import StepProgress


@pytest.mark.parametrize(
    ("step", "label"),
    [
        ("raw__system_logs", "collect system_logs"),
        ("system_logs_expectations", "check system_logs"),
        ("kpis", "build KPIs"),
        ("analyze__trends", "analyse trends"),
    ],
)
def test_a_step_is_called_by_what_it_does(step: str, label: str) -> None:
    assert step_label(step) == label


def _written(capsys: pytest.CaptureFixture[str], *events: StepProgress) -> list[str]:
    with StepLines(console()) as lines:
        for event in events:
            lines(event)
    return [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]


def test_a_run_is_one_line_for_each_step(capsys: pytest.CaptureFixture[str]) -> None:
    assert _written(
        capsys,
        StepProgress("raw__system_logs", "started"),
        StepProgress("raw__system_logs", "said", "probes: 1 of 2 files"),
        StepProgress("raw__system_logs", "done", "2 files, 1,000 rows", 2.04),
        StepProgress("system_logs_expectations", "warned", "probes_meets_expectations: 1 broken"),
        StepProgress("system_logs_expectations", "done", "nothing changed", 0.1),
        StepProgress("kpis", "failed", "", 75.0),
    ) == [
        "✔ collect system_logs 2 files, 1,000 rows 2.0 s",
        "▲ check system_logs probes_meets_expectations: 1 broken",
        "✖ build KPIs 1 min 15 s",
    ]


def test_what_was_said_of_an_earlier_landing_is_not_said_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert _written(
        capsys,
        StepProgress("raw__orders", "done", "nothing new", 0.1),
        StepProgress("orders_expectations", "warned", "1 of 7 expectations broken"),
    ) == ["✔ collect orders nothing new 0.1 s"]
