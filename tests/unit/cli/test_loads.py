"""`anfl loads` and `anfl quarantine` show what the ledger holds, or what to do next."""

import json
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner, Result

from anfl_assets.cli.main import anfl, invoke
from anfl_assets.store import landings
from anfl_assets.store.landings import Landing, Load
from anfl_assets.store.ledger import open_ledger
from anfl_assets.store.workspace import open_workspace

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(anfl, list(arguments))
    assert result.exit_code == 0, result.output
    return result


@pytest.fixture
def empty(tmp_path: Path) -> str:
    open_ledger(open_workspace(tmp_path)).close()
    return str(tmp_path)


@pytest.fixture
def filled(tmp_path: Path) -> str:
    quarantined = pl.DataFrame(
        {
            "load": [0, 0],
            "line": [3, 9],
            "rule": ["latency_ms_is_never_negative", "bad_number"],
            "reason": ["latency_ms is negative", "latency_ms: found 'x'; expected a number"],
            "body": ['{"ms":"-1"}', '{"ms":"\x1b[31mx"}'],
        }
    )
    load = Load(
        "requests.csv",
        "c" * 64,
        100,
        received=1_234,
        accepted=1_230,
        quarantined=2,
        duplicates=2,
        superseded=7,
    )
    landing = Landing(
        landing_id="one",
        feed="gateway",
        source="performance_data",
        entity="requests",
        definition_sha256="d" * 64,
        started_at=NOW,
        loads=(load,),
        quarantined=quarantined,
    )
    with open_ledger(open_workspace(tmp_path)) as ledger:
        landings.stage(ledger, landing)
        landings.settle(ledger, "one", at=NOW)
    return str(tmp_path)


def test_a_load_is_one_line_with_its_counts(filled: str) -> None:
    line = next(
        line for line in run("loads", "--data-dir", filled).output.splitlines() if "gateway" in line
    )
    assert line.split()[:9] == [
        *("1", "gateway", "requests.csv", "landed"),
        *("1,234", "1,230", "2", "2", "7"),
    ]


def test_loads_as_json_are_the_ledgers_rows(filled: str) -> None:
    (load,) = json.loads(run("loads", "--json", "--data-dir", filled).output)
    assert (load["load_id"], load["received"], load["superseded"]) == (1, 1_234, 7)
    assert load["landed_at"] == "2026-03-01T12:00:00+00:00"


def test_loads_of_another_source_are_left_out(filled: str) -> None:
    arguments = ("loads", "--source", "system_logs", "--data-dir", filled)
    assert run(*arguments).output.startswith("nothing has landed from system_logs yet")
    assert json.loads(run(*arguments, "--json").output) == []


def test_no_load_yet_says_what_to_do(empty: str) -> None:
    assert "anfl run" in run("loads", "--data-dir", empty).output


def test_quarantine_is_counted_by_reason(filled: str) -> None:
    rows = json.loads(run("quarantine", "list", "--json", "--data-dir", filled).output)
    assert [(row["feed"], row["rule"], row["row_count"]) for row in rows] == [
        ("gateway", "bad_number", 1),
        ("gateway", "latency_ms_is_never_negative", 1),
    ]
    assert "latency_ms is negative" in run("quarantine", "list", "--data-dir", filled).output


def test_a_long_list_of_reasons_is_cut_and_says_how_much_is_left(filled: str) -> None:
    output = run("quarantine", "list", "--limit", "1", "--data-dir", filled).output
    assert "bad_number" in output
    assert "latency_ms is negative" not in output
    assert "1 more reason of 1 row; --limit shows more" in output


def test_quarantined_rows_show_line_and_body(filled: str) -> None:
    output = run("quarantine", "show", "--reason", "negative", "--data-dir", filled).output
    (line,) = (line for line in output.splitlines() if "gateway" in line)
    assert "requests.csv" in line
    assert '{"ms":"-1"}' in line
    assert "bad_number" not in output


def test_a_quarantined_row_cannot_speak_to_the_terminal(filled: str) -> None:
    assert "\x1b" not in run("quarantine", "show", "--data-dir", filled).output


def test_nothing_in_quarantine_says_so(empty: str) -> None:
    told = run("quarantine", "list", "--data-dir", empty).output
    assert told == "no row is in quarantine: every row received was accepted or a duplicate\n"
    told = run("quarantine", "show", "--feed", "none", "--data-dir", empty).output
    assert told == (
        "no row is in quarantine that matches; `anfl quarantine list` shows feeds and reasons\n"
    )


def test_no_data_folder_is_a_mistake_explained_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke(["loads", "--data-dir", str(tmp_path / "none")]) == 2
    assert "anfl run" in capsys.readouterr().err
