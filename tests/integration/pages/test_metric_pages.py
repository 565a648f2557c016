"""Metric pages on the example company: their numbers are the board's, and sums made by hand in SQL.

Whatever is asked of them is answered by a page: a person's nonsense with what was expected.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import duckdb
import httpx
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anfl_assets.catalog import load_catalog
from anfl_assets.cli.status import command as status_command
from anfl_assets.frames import SUBJECT_COLUMNS
from anfl_assets.store import lake
from anfl_assets.store.relations import parquet
from anfl_assets.store.workspace import Workspace
from tests.integration.built_example import BuiltExample
from tests.integration.pages.answering import words
from tests.integration.pages.served import serving

METRICS = load_catalog().metrics
HOSTILE = (
    "<script>alert(1)</script>'; drop table x; --\n\N{RIGHT-TO-LEFT OVERRIDE}datum.x%2F" + "x" * 999
)
_PART = re.compile(
    r'<tr data-metric="([^"]*)" data-subject="([^"]*)" data-value="([^"]*)" data-status="([^"]*)"'
)
Board = dict[tuple[str, str], tuple[float | None, str]]


@pytest.fixture(scope="module")
def client(built_example: BuiltExample) -> Iterator[httpx.Client]:
    with (
        serving(built_example.root) as address,
        httpx.Client(base_url=address, timeout=90) as opened,
    ):
        yield opened


@pytest.fixture(scope="module")
def board(built_example: BuiltExample) -> Board:
    answer = CliRunner().invoke(status_command, ["--data-dir", str(built_example.root), "--json"])
    return {
        (row["metric_id"], row["subject"]): (row["value"], row["status"])
        for row in json.loads(answer.output)
    }


def get(client: httpx.Client, path: str, code: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == code, words(answer.text)
    return answer.text


def shown(html: str) -> Board:
    return {
        (metric, unescape(subject)): (float(value) if value else None, status)
        for metric, subject, value, status in _PART.findall(html)
    }


def points(client: httpx.Client, path: str) -> list[dict[str, Any]]:
    spec = json.loads(get(client, path))
    found: list[dict[str, Any]] = spec["data"]["values"]
    return found


def sql(root: Path, model: str, columns: str, where: str = "true") -> list[tuple[Any, ...]]:
    """Ask a table of the lake by hand."""
    workspace = Workspace(root)
    path = workspace.table_path(model) if model in SUBJECT_COLUMNS else workspace.mart_path(model)
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        asked = ("select", columns, "from", parquet(lake.files(path)), "where", where)
        return connection.execute(" ".join(asked)).fetchall()


@pytest.mark.parametrize("metric_id", METRICS)
def test_every_subject_stands_in_the_table_as_on_the_board(
    client: httpx.Client, board: Board, metric_id: str
) -> None:
    html = get(client, f"/metrics/{metric_id}")
    assert shown(html) == {key: row for key, row in board.items() if key[0] == metric_id}
    assert "Traceback" not in html


def test_every_metric_of_the_catalog_is_listed_with_its_headline(
    client: httpx.Client, board: Board
) -> None:
    listed = shown(get(client, "/metrics"))
    assert [metric_id for metric_id, _ in listed] == list(METRICS)
    assert listed.items() <= board.items()


def test_an_alias_leads_to_the_metric_and_takes_its_parameters_along(client: httpx.Client) -> None:
    answer = client.get("/metrics/latency?range=7d")
    assert (answer.status_code, answer.headers["location"]) == (
        307, "/metrics/inference_latency?range=7d",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "grain", "since"),
    [
        ("", "5 minutes", "2026-11-22"),
        ("?range=7d", "hour", "2026-11-16"),
        ("?range=1y", "day", "2025-11-23"),
        ("?range=7d&grain=day", "day", "2026-11-16"),
    ],
)
def test_a_chart_has_each_window_of_its_stretch_once_as_the_book_has_it(
    client: httpx.Client, built_example: BuiltExample, *, asked: str, grain: str, since: str
) -> None:
    drawn = points(client, f"/metrics/inference_latency/chart.json{asked}")
    by_hand = sql(
        built_example.root, "fct_metric_observation",
        "subject, epoch_ms(window_end_at), value",
        f"metric_id = 'inference_latency' and grain = '{grain}' "
        f"and window_end_at > '{since}' and window_end_at <= '2026-11-23'",
    )  # fmt: skip
    real = [(row["subject"], row["at"], row["value"]) for row in drawn if row["value"] is not None]
    assert sorted(real) == sorted(each for each in by_hand if each[2] is not None)
    assert len({row["subject"] for row in drawn}) == 8


def test_a_chart_has_the_lines_of_target_and_threshold(client: httpx.Client) -> None:
    spec = get(client, "/metrics/uptime/chart.json?subject=gateway")
    assert "target 99.99 %" in spec
    assert "threshold 99.9 %" in spec


def test_the_windows_beside_a_chart_lead_to_the_records_behind_each(
    client: httpx.Client, built_example: BuiltExample
) -> None:
    html = get(client, "/metrics/error_rate?subject=chat-completion")
    links = [unescape(link) for link in re.findall(r'href="(/metrics/error_rate/rows[^"]*)"', html)]
    records = words(get(client, links[0]))
    found = sql(
        built_example.root, "requests",
        "count(*)", "service = 'chat-completion' "
        "and observed_at >= '2026-11-22 23:55' and observed_at < '2026-11-23'",
    )[0]  # fmt: skip
    other = sql(
        built_example.root, "request_windows",
        "count(*)", "service = 'chat-completion' "
        "and window_start_at >= '2026-11-22 23:55' and window_start_at < '2026-11-23'",
    )[0]  # fmt: skip
    assert f"{found[0] or other[0]:,} record" in records
    assert "From 2026-11-22 23:55:00 to before 2026-11-23 00:00:00 UTC" in records


@pytest.mark.parametrize(
    ("path", "entity", "where"),
    [
        ("/metrics/resource_utilization/rows?subject=db-1/disk&from=2026-11-22&to=2026-11-23",
         "resources", "host = 'db-1' and resource = 'disk' and date = '2026-11-22'"),
        ("/metrics/satisfaction/rows?subject=startup&from=2026-11-01&to=2026-11-08",
         "responses", "segment = 'startup' and date between '2026-11-01' and '2026-11-07'"),
        ("/metrics/market_share/rows?subject=europe&from=2026-07-01&to=2026-10-01",
         "market_sizes", "market = 'europe' and period_start_on = '2026-07-01'"),
        ("/metrics/revenue/rows?from=2026-10-01&to=2026-10-02",
         "orders", "date = '2026-10-01'"),
    ],
)  # fmt: skip
def test_records_behind_a_window_are_those_of_its_subject_and_time(
    client: httpx.Client, built_example: BuiltExample, *, path: str, entity: str, where: str
) -> None:
    html = get(client, path)
    count = sql(built_example.root, entity, "count(*)", where)[0][0]
    assert count > 0
    assert f"{entity} {count:,} record" in words(html)
    assert html.count("<tr>") == 1 + min(count, 100)


def test_records_go_on_over_pages_and_each_is_on_one_of_them(client: httpx.Client) -> None:
    path = "/metrics/revenue/rows?from=2026-10-01&to=2026-10-04"
    seen: list[str] = []
    html = ""
    for _ in range(100):
        html = get(client, path)
        seen += re.findall(r"<tr><td>.*?</tr>", html, re.DOTALL)
        older = re.search(r'href="([^"]*)" rel="next"', html)
        if older is None:
            break
        path = unescape(older[1])
    total = re.search(r"orders ([\d,]+) record", words(html))
    assert total is not None
    assert len(seen) == int(total[1].replace(",", ""))
    assert "This page is behind the last one" in get(client, f"{path}&page=999")


@pytest.mark.parametrize("metric_id", METRICS)
def test_every_subject_of_the_board_is_found_among_the_records(
    built_example: BuiltExample, board: Board, metric_id: str
) -> None:
    subjects = {subject for metric, subject in board if metric == metric_id} - {"all"}
    named: set[str] = set()
    for entity in METRICS[metric_id].entities:
        if SUBJECT_COLUMNS[entity]:
            column = " || '/' || ".join(SUBJECT_COLUMNS[entity])
            found = sql(built_example.root, entity, f"distinct {column}")
            named |= {row[0] for row in found}
    assert subjects <= named


def test_what_a_feed_received_is_what_became_of_it(client: httpx.Client) -> None:
    text = words(get(client, "/metrics/inference_latency"))
    told = re.findall(r"([\w]+) \d+ loads? ([\d,]+) = ([\d,]+) \+ ([\d,]+) \+ ([\d,]+)", text)
    assert {feed for feed, *_ in told} >= {"requests", "request_windows", "accesses"}
    for _, received, *parts in told:
        whole, *summed = (int(each.replace(",", "")) for each in (received, *parts))
        assert whole == sum(summed)


def test_rows_that_are_set_aside_are_shown_with_the_reason_and_where_they_came_from(
    client: httpx.Client,
) -> None:
    text = words(get(client, "/metrics/inference_latency/quarantined"))
    assert "The newest 14 rows" in text
    assert "response_ms is negative" in text
    assert "status_page.log.csv, line" in text
    only = words(get(client, "/metrics/inference_latency/quarantined?feed=accesses"))
    assert "The newest 2 rows" in only
    assert "no feed 'orders'" in words(
        get(client, "/metrics/inference_latency/quarantined?feed=orders", 404)
    )


def test_a_page_tells_definition_statement_and_where_numbers_come_from(
    client: httpx.Client,
) -> None:
    text = words(get(client, "/metrics/uptime"))
    assert "alert threshold 99.9%" in text
    assert "from source as" not in text
    for told in ("System logs", "probes", "stg_system_logs__ probes", "int_infrastructure__ uptime",
                 "fct_metric_status", "rpt_scoreboard", "component_days"):  # fmt: skip
        assert told in text


def test_a_stretch_without_windows_says_where_there_are_some(client: httpx.Client) -> None:
    text = words(get(client, "/metrics/uptime?from=2030-01-01&to=2030-01-02"))
    assert "ended in this stretch" in text
    assert "There are windows from 2025-05-01 to 2026-11-22" in text
    assert points(client, "/metrics/uptime/chart.json?from=2030-01-01&to=2030-01-02") == []


def test_where_the_whole_has_no_windows_those_of_its_parts_stand_beside_the_chart(
    client: httpx.Client,
) -> None:
    text = words(get(client, "/metrics/scaling_efficiency"))
    assert "The newest 24 windows as numbers" in text
    assert "window subject value status" in text
    assert "ended in this stretch" not in text


def test_an_earlier_moment_is_shown_as_it_stood(client: httpx.Client) -> None:
    ends = [row["at"] for row in points(client, "/metrics/uptime/chart.json?as_of=2026-01-01")]
    assert max(ends) == 1_767_225_600_000  # 2026-01-01
    assert "judged as of 2026-01-01 00:00 UTC" in words(
        get(client, "/metrics/uptime?as_of=2026-01-01")
    )


@pytest.mark.parametrize(
    ("path", "code", "told"),
    [
        ("/metrics/inference_latenzy", 404, "did you mean 'inference_latency'"),
        ("/metrics/uptime?subject=gatewa", 404, "did you mean 'gateway'"),
        ("/metrics/uptime?grain=hour", 404, "it has 5 minutes, day, 30 days"),
        ("/metrics/uptime?as_of=2020-01-01", 404, "nothing had been measured by 2020-01-01"),
        ("/metrics/uptime?from=2026-02-01&to=2026-01-01", 400, "is not before"),
        ("/metrics/uptime/chart.json?look=sepia", 400, "expected light or dark"),
        ("/metrics/uptime/rows?entity=orders", 404, "is made of probes"),
        ("/metrics/uptime/rows?from=2020-01-01&to=2026-01-01", 400, "choose a shorter stretch"),
        ("/metrics/uptime/rows?page=²", 400, "expected 1 to 1,000"),
    ],
)
def test_what_cannot_be_shown_is_told_with_what_can(
    client: httpx.Client, path: str, code: int, told: str
) -> None:
    assert told in words(get(client, path, code))


@pytest.mark.parametrize("part", ["", "/rows", "/chart.json"])
def test_a_hostile_name_is_told_and_does_nothing(client: httpx.Client, part: str) -> None:
    html = get(client, f"/metrics/uptime{part}?{urlencode({'subject': HOSTILE})}", 404)
    assert "<script>alert" not in html
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in html
    assert "x" * 200 not in html


_WORDS = st.one_of(
    st.sampled_from(
        ["", "all", "gateway", "24h", "1y", "5 minutes", "day", "2026-11-22", "2026-11-22T12:00Z",
         "1900-01-01", "2199-12-31T23:59:59", "9999-12-31", "0", "2", "-1", "probes", "light", "\0",
         "datum.x", "'; drop", "%", "NaN", "2026-W01", "20261122", "٣"],
    ),
    st.text(max_size=30),
)  # fmt: skip


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    metric=st.sampled_from(["uptime", "market_share", "scaling_efficiency", "latency", "nope"]),
    part=st.sampled_from(["", "/rows", "/chart.json", "/fan.json", "/quarantined"]),
    query=st.lists(
        st.tuples(
            st.sampled_from(
                [
                    "subject",
                    "range",
                    "grain",
                    "from",
                    "to",
                    "as_of",
                    "page",
                    "entity",
                    "look",
                    "feed",
                    "form",
                ]
            ),
            _WORDS,
        ),
        max_size=4,
    ),
)
def test_whatever_is_asked_is_answered(
    client: httpx.Client, metric: str, part: str, query: list[tuple[str, str]]
) -> None:
    pairs = [(name, text.encode("utf-8", "replace")) for name, text in query]
    answer = client.get(f"/metrics/{metric}{part}?{urlencode(pairs)}")
    assert answer.status_code in (200, 307, 400, 404), words(answer.text)
    assert "Traceback" not in answer.text
