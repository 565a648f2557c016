"""The pages and the API on the example company: the numbers are those of `anfl status --json`."""

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import httpx
import polars as pl
import pytest
from click.testing import CliRunner
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate

from anfl_assets.catalog import load_catalog
from anfl_assets.cli.status import command as status_command
from anfl_assets.flow.clock import SYSTEM_CLOCK, Clock
from tests.integration.built_example import BuiltExample
from tests.integration.pages.served import serving

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
CLOCK = Clock(lambda: NOON, SYSTEM_CLOCK.monotonic)


@pytest.fixture(scope="module")
def client(built_example: BuiltExample) -> Iterator[httpx.Client]:
    with (
        serving(built_example.root, clock=CLOCK) as address,
        httpx.Client(base_url=address, timeout=60) as opened,
    ):
        yield opened


@pytest.fixture(scope="module")
def board(built_example: BuiltExample) -> list[dict[str, object]]:
    answer = CliRunner().invoke(status_command, ["--data-dir", str(built_example.root), "--json"])
    rows: list[dict[str, object]] = json.loads(answer.output)
    return rows


class Shown(HTMLParser):
    """What a page shows as data: metric, subject, value and status of each tile and row."""

    def __init__(self, html: str) -> None:
        """Read a page."""
        super().__init__()
        self.found: dict[tuple[str, str], tuple[float | None, str]] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what an element carries."""
        del tag
        told = {name: value or "" for name, value in attrs}
        if "data-metric" in told:
            value = float(told["data-value"]) if told["data-value"] else None
            key = (told["data-metric"], told["data-subject"])
            self.found[key] = (value, told["data-status"])


@pytest.mark.parametrize("path", ["/", "/executive", "/technical"])
def test_every_number_on_a_page_is_the_boards(
    client: httpx.Client, board: list[dict[str, object]], path: str
) -> None:
    expected = {(row["metric_id"], row["subject"]): (row["value"], row["status"]) for row in board}
    shown = Shown(client.get(path).text).found
    assert len(shown) >= 9
    assert {key: expected[key] for key in shown} == shown


def test_the_overview_names_everything_that_is_wrong_and_nothing_else(
    client: httpx.Client, board: list[dict[str, object]]
) -> None:
    wrong = {
        (row["metric_id"], row["subject"])
        for row in board
        if row["status"] in {"breached", "off_target", "no_data"} and not row["is_whole"]
    }
    assert set(Shown(client.get("/").text).found) == wrong


def test_each_metric_of_the_catalog_is_on_its_dashboards(client: httpx.Client) -> None:
    for dashboard in ("executive", "technical"):
        shown = {metric for metric, _ in Shown(client.get(f"/{dashboard}").text).found}
        wanted = {
            metric.metric_id
            for metric in load_catalog().metrics.values()
            if dashboard in metric.panels
        }
        assert shown == wanted


def test_an_earlier_moment_shows_what_stood_then(
    client: httpx.Client, built_example: BuiltExample
) -> None:
    moment = "2026-09-01T00:00:00Z"
    arguments = ["--data-dir", str(built_example.root), "--json", "--as-of", moment]
    rows = json.loads(CliRunner().invoke(status_command, arguments).output)
    expected = {(row["metric_id"], row["subject"]): (row["value"], row["status"]) for row in rows}
    page = client.get(f"/executive?as_of={moment}").text
    shown = Shown(page).found
    assert {key: expected[key] for key in shown} == shown
    assert "2026-09-01 00:00 UTC" in page
    [behind] = re.findall(r'<h3><a href="(/metrics/revenue[^"]*)"', page)
    assert "as_of=2026-09-01T00%3A00%3A00Z" in behind
    assert "2026-09-01 00:00 UTC" in client.get(behind.replace("&amp;", "&")).text
    # Alerts and charts of now say nothing of then.
    technical = client.get(f"/technical?as_of={moment}").text
    assert 'id="feed"' not in technical
    charts = technical.count("/chart.json")
    assert charts == technical.count("chart.json?as_of=2026-09-01T00%3A00%3A00Z") > 0


@pytest.mark.parametrize(
    ("path", "code", "words"),
    [
        ("/executive?as_of=1999-01-01", 404, "nothing had been measured by 1999-01-01"),
        ("/?as_of=yesterday", 400, "no date or time such as 2026-09-01"),
        ("/?as_of=9999-01-01", 400, "outside the years 1900 to 2199"),
        ("/nowhere", 404, "no page has this address"),
        ("/export/fct_metric_status.xls", 404, "expected one of csv, parquet"),
        ("/export/passwd.csv", 404, "is no published table"),
        ("/api/v1/metrics/latencyy", 404, "latency"),
        ("/api/v1/metrics/latency/history?grain=year", 400, "expected one of 5 minutes"),
        ("/api/v1/metrics/latency/history?limit=0", 400, "from 1 to 10,000"),
        ("/api/v1/metrics/latency/history?limit=010000999", 400, "from 1 to 10,000"),
        ("/api/v1/incidents?state=some", 400, "expected open or all"),
        ("/api/v1/incidents/7", 404, "found no incident 7"),
    ],
)
def test_what_cannot_be_shown_says_why(
    client: httpx.Client, path: str, code: int, words: str
) -> None:
    answer = client.get(path)
    assert answer.status_code == code
    assert words in answer.text


def test_simulated_data_says_so_on_every_page(client: httpx.Client) -> None:
    for path in ("/", "/executive", "/technical", "/operational", "/tables"):
        assert "Simulated data: Example Company" in client.get(path).text


def test_no_page_loads_anything_from_elsewhere(client: httpx.Client) -> None:
    for path in ("/", "/executive", "/technical", "/operational"):
        page = client.get(path).text
        assert not re.findall(r"(?:src|href)=\"(?!/|#)", page)
        assert " style=" not in page
        for asset in set(re.findall(r"/assets/[\w./-]+", page)):
            assert client.get(asset).status_code == 200, asset


def test_the_api_answers_what_its_description_promises(client: httpx.Client) -> None:
    description = client.get("/api/openapi.json").json()
    validate(description)
    for path in (
        "/api/v1/status", "/api/v1/metrics", "/api/v1/metrics/{metric}",
        "/api/v1/metrics/{metric}/history", "/api/v1/incidents",
    ):  # fmt: skip
        schema = description["paths"][path]["get"]["responses"]["200"]["content"]
        promised = schema["application/json"]["schema"] | {"components": description["components"]}
        answer = client.get(path.replace("{metric}", "uptime"))
        assert answer.status_code == 200
        OAS31Validator(promised).validate(answer.json())


def test_the_apis_status_is_the_command_lines(
    client: httpx.Client, board: list[dict[str, object]]
) -> None:
    def plain(rows: list[dict[str, object]]) -> list[dict[str, object]]:
        return [
            {name: str(value).replace("+00:00", "Z") for name, value in row.items()
             if name != "staleness_s"}
            for row in rows
        ]  # fmt: skip

    assert plain(client.get("/api/v1/status").json()) == plain(board)
    assert {row["metric_id"] for row in client.get("/api/v1/status?metric=latency").json()} == {
        "inference_latency"
    }


def test_a_history_is_the_newest_windows_asked_for_oldest_first(client: httpx.Client) -> None:
    answer = client.get("/api/v1/metrics/revenue/history?limit=3").json()
    ends = [window["window_end_at"] for window in answer["windows"]]
    assert ends == ["2026-09-01T00:00:00Z", "2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z"]
    assert (answer["unit"], answer["grain"]) == ("%", "month")
    some = "since=2026-11-20T00:00:00Z&until=2026-11-21T00:00:00Z&subject=all&grain=hour"
    hours = client.get(f"/api/v1/metrics/latency/history?{some}").json()["windows"]
    assert len(hours) == 24
    assert {window["subject"] for window in hours} == {"all"}


def test_an_empty_stretch_is_an_empty_history(client: httpx.Client) -> None:
    far = "since=1990-01-01&until=1990-02-01"
    assert client.get(f"/api/v1/metrics/latency/history?{far}").json()["windows"] == []


def test_a_table_is_exported_whole_and_alike_in_both_formats(client: httpx.Client) -> None:
    chosen = "?metric=revenue&since=2026-01-01"
    text = client.get(f"/export/fct_metric_status.csv{chosen}").text
    rows = list(csv.DictReader(io.StringIO(text)))
    frame = pl.read_parquet(client.get(f"/export/fct_metric_status.parquet{chosen}").content)
    assert len(rows) == frame.height == 10
    assert [float(row["value"]) for row in rows] == frame["value"].to_list()
    assert client.get("/export/dim_metric.csv").text.count("\n") == 13


def test_a_folder_where_nothing_was_built_says_what_to_do(tmp_path: Path) -> None:
    with serving(tmp_path, clock=CLOCK) as address, httpx.Client(base_url=address) as client:
        for path in ("/", "/executive", "/operational"):
            answer = client.get(path)
            assert answer.status_code == 200
            assert "Nothing was published yet" in answer.text
            assert "anfl run" in answer.text
        assert client.get("/technical").status_code == 200
        assert client.get("/api/v1/status").status_code == 404
        assert "anfl_published 0.0" in client.get("/openmetrics").text
