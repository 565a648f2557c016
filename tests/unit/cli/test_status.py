"""The board as a person sees it: what fits the terminal, and nothing broken over lines."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from anfl_assets.cli import status
from anfl_assets.report.scoreboard import BoardRow
from anfl_assets.store.workspace import Workspace

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
_ROW = BoardRow(
    metric_id="inference_latency",
    subject="search\n\x1b[31m" + "x" * 10_000,
    value=105.0,
    unit="ms",
    target=50.0,
    target_operator="<",
    threshold=100.0,
    status="breached",
    since=NOW,
    window_start_at=NOW,
    window_end_at=NOW,
    grain="5 minutes",
    change=None,
    sample_count=297,
    staleness_s=0.0,
    section="system_metrics",
    domain="model_orchestration",
    severity="critical",
    is_whole=False,
)


@pytest.mark.parametrize(
    ("width", "heads"),
    [
        pytest.param(60, "metric / subject status value", id="narrow"),
        pytest.param(80, "metric / subject status value target", id="common"),
        pytest.param(
            200,
            "metric / subject status value target alert since (UTC) window change samples age",
            id="wide",
        ),
    ],
)
def test_only_the_columns_that_fit_are_shown_and_the_rest_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, width: int, heads: str
) -> None:
    monkeypatch.setattr(status, "_notices", lambda *_: [])
    console = Console(width=width, record=True, file=(tmp_path / "out").open("w"))
    with console.file:
        status.show([_ROW], Workspace(tmp_path), console, now=NOW, calm_shown=3)
        text = console.export_text()
    lines = text.splitlines()
    assert max(map(len, lines)) <= width
    assert " ".join(lines[1].split()) == heads
    assert "✖ breached" in text
    assert "105.00 ms" in text
    assert "x" * 100 not in text.replace("\n", "").replace(" ", "")
    assert "\x1b" not in text
    assert ("columns fit; --json has them all" in text) == (width < 156)
