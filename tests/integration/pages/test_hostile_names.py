"""Names that came in a file: they stop no page, command nothing, and stay in their own frame."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from anfl_assets.cli.main import anfl
from tests.integration.alerting_folder import alerting_folder
from tests.integration.pages.served import serving

NAMES = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}}",
    "datum.x",
    "javascript:alert(1)",
    "\u202eevil",
    "a\x00b",
    "new\n\nevent: board\ndata: {}\nline",
    "half \ud83d pair",
    "=cmd|' /C calc'!A0",
    "*!?[x]&<!channel>",
    "L" * 100_000,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return a folder with one incident for every name, one of them the worst of each."""
    made = alerting_folder(tmp_path_factory.mktemp("hostile"))
    for minute in (0, 5, 12):
        made.judge(minute, {name: 300.0 + len(name) for name in NAMES})
    made.store.close()
    return str(made.workspace.root)


@pytest.fixture(scope="module")
def client(folder: str) -> Iterator[httpx.Client]:
    with serving(Path(folder)) as url, httpx.Client(base_url=url, timeout=60) as opened:
        yield opened


@pytest.mark.parametrize(
    "path",
    [
        "/technical",
        "/incidents",
        "/incidents/1",
        "/incidents/1/why",
        "/silences",
        "/incidents?state=all",
    ],
)
def test_every_page_is_shown_and_nothing_in_it_is_alive(client: httpx.Client, path: str) -> None:
    answer = client.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 200
    assert len(answer.content) < 1_000_000
    for alive in ("<script>alert", "<img src=x", 'href="javascript:', "\u202e", "\x00"):
        assert alive not in answer.text


def test_programs_are_told_the_names_as_they_are(client: httpx.Client, folder: str) -> None:
    told = client.get("/api/v1/incidents/1").json()
    assert {each["subject"] for each in told["firing"]} == set(NAMES)
    assert client.get("/incidents/1/chart.json").status_code == 200
    listed = CliRunner().invoke(anfl, ["alerts", "list", "--json", "--data-dir", folder])
    assert listed.exit_code == 0, listed.output
    assert json.loads(listed.output)


def test_a_name_does_not_end_the_event_it_stands_in(client: httpx.Client) -> None:
    with client.stream("GET", "/live/technical") as answer:
        lines = answer.iter_lines()
        said = [next(lines) for _ in range(7)]
    assert said[0].startswith("retry: ")
    assert [each.split(":")[0] for each in said if each] == [
        "retry",
        "event",
        "data",
        "event",
        "data",
    ]
    assert "feed-items" in json.loads(said[-1].removeprefix("data: "))["html"]


@pytest.mark.parametrize("digits", [19, 40, 5_000])
def test_a_number_that_nothing_has_is_no_address(client: httpx.Client, digits: int) -> None:
    for path in (f"/api/v1/incidents/{'9' * digits}", f"/incidents/{'9' * digits}/chart.json"):
        assert client.get(path).status_code == 404


def test_what_a_program_says_of_itself_is_one_line_that_commands_nothing(
    client: httpx.Client,
) -> None:
    path = "/api/v1/incidents/1/acknowledge"
    said = {"by": "ana\x00\n\u202e<b>" + "x" * 1_000, "note": "first\nsecond\x1b[2J"}
    answer = httpx.post(f"{client.base_url}{path}", json=said, timeout=60)
    assert answer.status_code == 200
    by = answer.json()["acknowledged_by"]
    assert len(by) == 60
    assert by.isprintable()
    assert by.startswith("ana")
    assert "\x1b" not in client.get("/incidents/1").text
