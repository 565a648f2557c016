"""`anfl feeds`: what a person sees of their files before anything lands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from anfl_assets.cli.main import invoke

FEEDS = """
feeds:
  api:
    entity: requests
    files: "*.csv"
    columns: {observed_at: at, service: service, is_error: {constant: false}}
"""


@pytest.fixture
def feeds_path(tmp_path: Path) -> Path:
    """Two files of one feed; the second has a bad row."""
    (tmp_path / "feeds.yaml").write_text(FEEDS)
    (tmp_path / "a.csv").write_text("at,service\n2026-09-01T00:00:00Z,api\n")
    (tmp_path / "b.csv").write_text("at,service\nnever,api\n")
    return tmp_path / "feeds.yaml"


def test_check_lists_the_feeds(feeds_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["feeds", "check", "--feeds", str(feeds_path)]) == 0
    assert "1 feed, no fault" in capsys.readouterr().out

    assert invoke(["feeds", "check", "--feeds", str(feeds_path), "--json"]) == 0
    (feed,) = json.loads(capsys.readouterr().out)["feeds"]
    assert (feed["files"], feed["format"], feed["columns"]) == (2, "csv", ["at", "service"])


def test_check_looks_into_the_first_file(
    feeds_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (feeds_path.parent / "a.csv").write_text("when,service\n")

    assert invoke(["feeds", "check", "--feeds", str(feeds_path)]) == 2
    written = capsys.readouterr()
    assert "faulty" in written.out
    assert "column 'at' is missing" in written.err


def test_preview_shows_rows_and_refusals(
    feeds_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke(["feeds", "preview", "api", "--feeds", str(feeds_path)]) == 0
    assert "1 received = 1 rows + 0 refused; 0 filtered" in capsys.readouterr().out

    arguments = ["feeds", "preview", "api", "--feeds", str(feeds_path), "--file", "b.csv"]
    assert invoke(arguments) == 0
    shown = capsys.readouterr().out
    assert 'at: "never" is no ISO 8601 time' in shown
    assert "1 received = 0 rows + 1 refused; 0 filtered" in shown


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["preview", "apy"], "did you mean 'api'?"),
        (["preview", "api", "--file", "c.csv"], "no file 'c.csv' among a.csv, b.csv"),
    ],
)
def test_a_name_that_is_unknown_is_a_mistake_with_a_hint(
    feeds_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert invoke(["feeds", *arguments, "--feeds", str(feeds_path)]) == 2
    assert message in capsys.readouterr().err


def test_without_a_feeds_file_one_must_be_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANFL_FEEDS", raising=False)

    assert invoke(["feeds", "check", "--data-dir", str(tmp_path / "none")]) == 2
    assert "give --feeds FILE" in capsys.readouterr().err


def test_the_template_goes_to_standard_output_or_to_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke(["feeds", "template", "customer_feedback"]) == 0
    written = capsys.readouterr()
    assert written.out.startswith("answered_at,respondent_id,score,")
    assert "entity: responses" in written.err

    path = tmp_path / "market.csv"
    assert invoke(["feeds", "template", "market_analysis", "-o", str(path)]) == 0
    assert path.read_text().startswith("period_start_on,period_end_on,")
    assert invoke(["feeds", "template", "market_analysis", "-o", str(path)]) == 2
    assert path.read_text().startswith("period_start_on,period_end_on,")
    assert invoke(["feeds", "template", "market_anlysis"]) == 2
    assert "did you mean 'market_analysis'?" in capsys.readouterr().err
