"""What is guessed from names and values, and the YAML that says it."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anfl_assets.collect.collected import Collected
from anfl_assets.collect.discover import find_files
from anfl_assets.collect.feed import Feed
from anfl_assets.collect.feeds import load_feeds
from anfl_assets.collect.infer.draft import feeds_yaml
from anfl_assets.collect.infer.named import words
from anfl_assets.collect.infer.of_file import of_file
from anfl_assets.collect.read import read_feed_file
from anfl_assets.collect.template import template
from anfl_assets.errors import SourceError
from anfl_assets.frames import TABLES

NOW = datetime(2027, 1, 1, tzinfo=UTC)


def drafted(folder: Path, name: str, content: str | bytes) -> tuple[Feed, Collected, str]:
    """Draft a feeds file for the content, load it and read the content with it."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    text = feeds_yaml(of_file(path, folder=folder, name=None), "feeds.yaml")
    (folder / "feeds.yaml").write_text(text)
    feeds = load_feeds(folder / "feeds.yaml", {})
    feed = feeds.feeds[0]
    (found,) = find_files(feed)
    return feed, read_feed_file(feed, found, now=NOW, organisation=feeds.organisation), text


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("InvoiceDate", "invoice date"),
        ("CustomerID", "customer id"),
        ("HTTPStatus", "http status"),
        ("Response-Time (ms)", "response time ms"),
    ],
)
def test_a_name_is_its_words(name: str, expected: str) -> None:
    assert words(name) == expected


@pytest.mark.parametrize("entity", TABLES)
def test_a_template_is_guessed_as_what_it_is_for_and_lands(entity: str, tmp_path: Path) -> None:
    feed, collected, _ = drafted(tmp_path, "filled.csv", template(entity))
    assert feed.entity == entity
    assert set(feed.columns) >= {
        column.name for column in TABLES[entity].columns if not column.is_nullable
    }
    assert (collected.rows.height, collected.rejects.height) == (1, 0)


@pytest.mark.parametrize(
    ("at", "form", "first"),
    [
        ("2026-03-01T10:00:00+02:00", None, "2026-03-01T08:00:00+00:00"),
        ("1772352000", "epoch_s", "2026-03-01T08:00:00+00:00"),
        ("1772352000123", "epoch_ms", "2026-03-01T08:00:00.123000+00:00"),
        ("31.03.2026 10:00", "%d.%m.%Y %H:%M", "2026-03-31T10:00:00+00:00"),
        ("03/31/2026 10:00:05", "%m/%d/%Y %H:%M:%S", "2026-03-31T10:00:05+00:00"),
        ("31/03/2026 10:00:05", "%d/%m/%Y %H:%M:%S", "2026-03-31T10:00:05+00:00"),
        ("31/Mar/2026:10:00:05 +0000", "%d/%b/%Y:%H:%M:%S %z", "2026-03-31T10:00:05+00:00"),
    ],
)
def test_times_are_read_as_they_are_written(
    at: str, form: str | None, first: str, tmp_path: Path
) -> None:
    feed, collected, text = drafted(
        tmp_path, "checks.csv", f"checked_at,site,status\n{at},shop,up\n{at},api,down\n"
    )
    assert feed.entity == "probes"
    assert collected.rows["observed_at"][0].isoformat() == first
    assert collected.rows["is_up"].to_list() == [True, False]
    assert form is None or form in text


def test_what_a_person_must_check_stands_beside_it(tmp_path: Path) -> None:
    content = "time;user;duration\n01/02/2026 10:00;7;12.5\n02/02/2026 10:00;8;13.5\n"
    _, collected, text = drafted(tmp_path, "api_requests.csv", content)
    assert collected.rejects.height == 0
    assert "day and month may be the other way round, and the zone" in text
    assert "# check: the unit is not told" in text
    assert "# check: failures are not told" in text
    assert "delimiter: ;" in text
    assert "# Not used: user." in text


@pytest.mark.parametrize(
    ("header", "value", "stored"),
    [("latency_s", "0.25", 250.0), ("elapsed_us", "250000", 250.0), ("latency_ms", "250", 250.0)],
)
def test_a_unit_is_known_by_the_end_of_the_name(
    header: str, value: str, stored: float, tmp_path: Path
) -> None:
    content = f"timestamp,service,{header},failed\n2026-03-01T10:00:00Z,api,{value},false\n"
    _, collected, _ = drafted(tmp_path, "calls.csv", content)
    assert collected.rows["latency_ms"].to_list() == [stored]


def test_shares_from_0_to_1_are_ratios(tmp_path: Path) -> None:
    content = "timestamp,host,cpu_usage\n2026-03-01T10:00:00Z,a,0.25\n2026-03-01T10:01:00Z,a,1\n"
    _, collected, _ = drafted(tmp_path, "samples.csv", content)
    assert collected.rows["utilization_pct"].to_list() == [25.0, 100.0]
    assert collected.rows["resource"].to_list() == ["cpu", "cpu"]


def test_a_column_called_value_is_called_by_its_file(tmp_path: Path) -> None:
    content = "timestamp,value\n2026-03-01 10:00:00,93.5\n2026-03-01 10:05:00,12\n"
    feed, collected, _ = drafted(tmp_path, "db1_memory_usage.csv", content)
    assert feed.entity == "resources"
    assert collected.rows.select("host", "resource").row(0) == ("db1_memory_usage", "memory")


def test_quantity_times_price_is_an_amount_and_c_before_a_number_a_refund(tmp_path: Path) -> None:
    content = "InvoiceNo,InvoiceDate,Quantity,UnitPrice\n"
    content += "1,2026-03-01T10:00:00,2,1.05\nC2,2026-03-01T10:00:00,-1,1.05\n"
    _, collected, _ = drafted(tmp_path, "lines.csv", content)
    assert [str(amount) for amount in collected.rows["amount"]] == ["2.1000", "-1.0500"]
    assert collected.rows["kind"].to_list() == ["sale", "refund"]


def test_values_without_a_header_are_named_by_place(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="column_1 \\(times\\), column_2 \\(numbers\\)"):
        drafted(tmp_path, "bare.csv", "2026-03-01,12\n2026-03-02,13\n")


@pytest.mark.parametrize("name", ["events.jsonl", "events.json", "events"])
def test_json_is_read_by_paths(name: str, tmp_path: Path) -> None:
    lines = [
        '{"at": "2026-03-01T10:00:00Z", "user": {"id": 7}, "event": "login", "tags": [1]}',
        '{"at": "2026-03-01T10:05:00Z", "user": {"id": 8}, "event": "export", "tags": []}',
    ]
    text = '{"items": [' + ", ".join(lines) + "]}" if name == "events.json" else "\n".join(lines)
    feed, collected, _ = drafted(tmp_path, name, text)
    assert feed.entity == "events"
    assert collected.rows["user_id"].to_list() == ["7", "8"]


def test_an_access_log_and_metrics_are_known_by_their_lines(tmp_path: Path) -> None:
    log = '10.0.0.1 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 26 "-" "Agent"\n'
    feed, collected, _ = drafted(tmp_path, "access.log", log)
    assert (feed.entity, collected.rows["status_code"].to_list()) == ("accesses", [200])
    text = (
        "# TYPE node_memory_MemTotal_bytes gauge\nnode_memory_MemTotal_bytes 100\n"
        "# TYPE node_memory_MemAvailable_bytes gauge\nnode_memory_MemAvailable_bytes 25\n"
    )
    feed, collected, _ = drafted(tmp_path, "node.prom", text)
    assert collected.rows["utilization_pct"].to_list() == [75.0]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.csv", "", "the file is empty"),
        ("prose.txt", "Dear all\nhow are you\n", "neither a table nor an access log"),
        ("shapes.csv", "colour,sides\nred,3\n", "colour .texts., sides .numbers."),
    ],
)
def test_what_fits_nothing_is_told_with_what_was_seen(
    name: str, content: str, message: str, tmp_path: Path
) -> None:
    with pytest.raises(SourceError, match=message):
        drafted(tmp_path, name, content)


_NAMES = st.one_of(
    st.sampled_from(["timestamp", "Order ID", "amount: EUR", "rating", "status", "{host}", "cpu"]),
    st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=8),
)
_CELLS = st.one_of(
    st.sampled_from(["", "NA", "2026-03-01", "1", "0.5", "up", "down", "-3", "EUR", "1e999"]),
    st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=6),
)


@settings(max_examples=20, deadline=None)
@given(
    names=st.lists(_NAMES, min_size=2, max_size=5, unique=True),
    rows=st.lists(st.lists(_CELLS, min_size=5, max_size=5), max_size=4),
)
def test_any_table_gets_a_draft_that_loads_or_is_told_what_it_lacks(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], rows: list[list[str]]
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerows([names, *(row[: len(names)] for row in rows)])
    folder = tmp_path_factory.mktemp("any")
    try:
        feed, _, _ = drafted(folder, "any.csv", text.getvalue())
    except SourceError as error:
        assert "any" in str(error)  # noqa: PT017 - the other outcome
    else:
        assert feed.entity in TABLES
