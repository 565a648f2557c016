"""Bad input, from the feeds file to `anfl feeds`: no row is lost, no mistake ends in a traceback.

Each case of bad input that shows while a file is read. What validation and landing refuse (negative
values, one key with two bodies, a full disk) is tested with them.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from anfl_assets.cli.main import invoke

NOW = "2026-10-01T00:00:00Z"
HEAD = "at,service,ms,failed\n"
GOOD = "2026-09-01T00:00:00Z,api,12.5,false\n"
FEEDS = """
feeds:
  api:
    entity: requests
    files: "{files}"
    columns:
      observed_at: {{from: at, zone: Europe/London}}
      service: service
      latency_ms: ms
      is_error: failed
"""
Preview = Callable[..., dict[str, Any]]


@pytest.fixture
def preview(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Preview:
    """Preview a file through the command; `failed` is its message where it must fail."""

    def run(content: str | bytes, *, name: str = "api.csv", code: int = 0) -> dict[str, Any]:
        (tmp_path / "feeds.yaml").write_text(FEEDS.format(files=name))
        (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
        arguments = ["feeds", "preview", "api", "--feeds", str(tmp_path / "feeds.yaml")]
        assert invoke([*arguments, "--json", "--as-of", NOW]) == code
        written = capsys.readouterr()
        assert "Traceback" not in written.err
        return {"failed": written.err} if code else json.loads(written.out)

    return run


def _assert_nothing_lost(shown: dict[str, Any], *, received: int, refused: dict[int, str]) -> None:
    assert (shown["received"], shown["refused"]) == (received, len(refused))
    assert {reject["line"]: reject["rule"] for reject in shown["rejects"]} == refused


def test_ragged_rows_are_refused_with_line_and_text(preview: Preview) -> None:
    shown = preview(HEAD + GOOD + "2026-09-01T00:00:00Z,api\n" + GOOD + GOOD.strip() + ",x,y\n")

    _assert_nothing_lost(shown, received=4, refused={3: "ragged_row", 5: "ragged_row"})
    assert json.loads(shown["rejects"][0]["body"]) == {"text": "2026-09-01T00:00:00Z,api"}


def test_a_swapped_header_is_read_by_name(preview: Preview) -> None:
    shown = preview("failed,service,at,ms\ntrue,api,2026-09-01T00:00:00Z,7\n")

    (row,) = shown["rows"]
    assert (row["service"], row["latency_ms"], row["is_error"]) == ("api", 7.0, True)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(GOOD * 2, "is the header line missing?", id="no header"),
        pytest.param(HEAD.replace("ms", "msec") + GOOD, "column 'ms' is missing", id="renamed"),
        pytest.param(
            HEAD.encode() + GOOD.replace("api", "Zürich").encode("latin-1"),
            "byte 43 (0xfc) is not text in encoding utf-8",
            id="wrong encoding",
        ),
        pytest.param((HEAD + GOOD).encode("utf-16"), "say encoding: utf-16", id="utf-16"),
    ],
)
def test_a_file_that_is_not_as_declared_is_explained(
    preview: Preview, content: str | bytes, message: str
) -> None:
    assert message in preview(content, code=2)["failed"]


def test_a_truncated_archive_is_explained(preview: Preview) -> None:
    rows = "".join(GOOD.replace("12.5", str(number)) for number in range(5000))
    stored = gzip.compress((HEAD + rows).encode())

    assert preview(stored, name="api.csv.gz")["received"] == 5000
    assert "cut short" in preview(stored[: len(stored) // 2], name="api.csv.gz", code=2)["failed"]


def test_local_times_across_a_clock_change_are_not_guessed(preview: Preview) -> None:
    times = (
        "2026-03-29 00:59:59",
        "2026-03-29 01:00:00",
        "2026-03-29 02:00:00",
        "2025-10-26 00:59:59",
        "2025-10-26 01:30:00",
        "2025-10-26 02:00:00",
        "2025-10-26 01:30:00+01:00",
    )
    shown = preview(HEAD + "".join(f"{time},api,1,false\n" for time in times))

    refused = {3: "nonexistent_local_time", 6: "ambiguous_local_time"}
    _assert_nothing_lost(shown, received=7, refused=refused)
    read = [datetime.fromisoformat(row["observed_at"]) for row in shown["rows"]]
    assert read == [
        datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC),
        datetime(2026, 3, 29, 1, tzinfo=UTC),
        datetime(2025, 10, 25, 23, 59, 59, tzinfo=UTC),
        datetime(2025, 10, 26, 2, tzinfo=UTC),
        datetime(2025, 10, 26, 0, 30, tzinfo=UTC),
    ]


def test_impossible_and_future_dates_are_refused(preview: Preview) -> None:
    times = ("2026-02-30T00:00:00Z", "2026-09-01T24:30:00Z", "0026-09-01", "2026-10-01T00:11:00Z")
    shown = preview(HEAD + "".join(f"{time},api,1,false\n" for time in times) + GOOD)

    refused = {2: "not_a_time", 3: "not_a_time", 4: "impossible_time", 5: "future_time"}
    _assert_nothing_lost(shown, received=5, refused=refused)


def test_nan_and_infinity_are_refused(preview: Preview) -> None:
    values = ("NaN", "Infinity", "-inf", "1e999")
    shown = preview(HEAD + "".join(GOOD.replace("12.5", value) for value in values))

    _assert_nothing_lost(shown, received=4, refused=dict.fromkeys(range(2, 6), "not_finite"))


def test_nan_is_refused_in_json_lines(preview: Preview) -> None:
    line = '{"at": "2026-09-01T00:00:00Z", "service": "api", "ms": %s, "failed": false}\n'
    shown = preview(line % "1" + line % "NaN" + "{\n", name="api.jsonl")

    _assert_nothing_lost(shown, received=3, refused={2: "unreadable_json", 3: "unreadable_json"})


@pytest.mark.parametrize("name", ["api.csv", "api.tsv", "api.json", "api.jsonl", "api.parquet"])
def test_an_empty_file_has_no_rows(preview: Preview, name: str) -> None:
    assert preview("", name=name)["received"] == 0


def test_a_file_that_grows_while_it_is_read_is_left_for_later(
    preview: Preview, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from anfl_assets.collect.formats import unpack

    def grow(file: Any) -> Any:  # noqa: ANN401 - a binary file
        yield file.read()
        with (tmp_path / "api.csv").open("a") as writer:
            writer.write(GOOD)

    monkeypatch.setattr(unpack, "_plain", grow)

    assert "is still being written" in preview(HEAD + GOOD, code=2)["failed"]


def test_a_glob_without_match_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "feeds.yaml").write_text(FEEDS.format(files="*.csv"))

    assert invoke(["feeds", "check", "--feeds", str(tmp_path / "feeds.yaml")]) == 2
    assert f"no file matches '*.csv' in folder {tmp_path}" in capsys.readouterr().err


def test_every_fault_of_a_feeds_file_is_listed_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "feeds.yaml"
    text = FEEDS.format(files="*.csv").replace("latency_ms: ms", "latency_ms: {from: ms, unit: sc}")
    path.write_text(text.replace("service: service", "services: service"))

    assert invoke(["feeds", "check", "--feeds", str(path)]) == 2
    message = capsys.readouterr().err
    assert "feeds.api.columns.latency_ms.unit: found 'sc'" in message
    assert "columns.services: found an unknown key" in message
    assert "did you mean 'service'?" in message
    assert "columns.service: found nothing" in message

    assert invoke(["feeds", "check", "--feeds", str(path), "--json"]) == 2
    shown = json.loads(capsys.readouterr().out)
    assert [fault["key"] for fault in shown["faults"]] == [
        "feeds.api.columns.services",
        "feeds.api.columns.service",
        "feeds.api.columns.latency_ms.unit",
    ]


def test_a_file_without_permission_is_explained(
    preview: Preview, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Path.open

    def refuse(path: Path, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - as Path.open
        if path.name == "api.csv" and arguments == ("rb",):
            raise PermissionError(13, "Permission denied", str(path))
        return whole(path, *arguments, **named)

    monkeypatch.setattr(Path, "open", refuse)
    (message,) = preview(HEAD + GOOD, code=2).values()
    assert "no permission to read the file" in message
