"""Landing real files into a real lake with a real ledger: what is kept, replaced and set aside."""

import threading
from pathlib import Path

import polars as pl
import pytest

from anfl_assets.collect.feeds import load_feeds
from anfl_assets.errors import WorkspaceError
from anfl_assets.flow.land import land
from anfl_assets.frames import TABLES
from anfl_assets.store import lake
from tests.integration.landing_folder import KEYED, NOW, REQUESTS, folder, request


def test_a_file_lands_with_provenance_and_canonical_types(tmp_path: Path) -> None:
    place = folder(tmp_path, a=request(1) + request(2, at="2026-01-31T23:59:59"))
    (report,) = place.land()
    assert (report.status, report.files, report.received, report.accepted) == ("landed", 1, 2, 2)
    rows = lake.read(place.workspace.table_path("requests"))
    assert rows is not None
    assert rows.schema == TABLES["requests"].landed_schema
    assert rows.select("feed", "load_id", "row_key", pl.col("date", "month").cast(pl.String)).sort(
        "date"
    ).rows() == [
        ("requests", 1, None, "2026-01-31", "2026-01-01"),
        ("requests", 1, None, "2026-02-01", "2026-02-01"),
    ]


def test_the_ledger_says_what_became_of_every_row(tmp_path: Path) -> None:
    text = request(1) + request(2, ms=-1) + "3,yesterday,search,5,ok\n" + request(4)
    place = folder(tmp_path, a=text)
    place.land()
    (load,) = place.loads()
    assert (load["received"], load["accepted"], load["quarantined"]) == (4, 2, 2)
    assert (load["status"], load["path"], load["landed_at"]) == ("landed", "requests_a.csv", NOW)
    negative, undated = place.quarantine()
    assert (negative["line"], negative["rule"]) == (3, "latency_ms_is_never_negative")
    assert undated["line"] == 4
    assert "yesterday" in undated["body"]


def test_the_same_content_again_is_no_load(tmp_path: Path) -> None:
    place = folder(tmp_path, a=request(1))
    place.land()
    place.write({"requests_copy.csv": request(1)})
    (report,) = place.land()
    assert (report.status, report.files, report.received) == ("nothing", 0, 0)
    assert len(place.loads()) == 1
    assert lake.version(place.workspace.table_path("requests")) == 0


def test_a_later_row_of_the_same_key_supersedes_the_earlier(tmp_path: Path) -> None:
    place = folder(tmp_path, KEYED, a=request(1, ms=5) + request(2, ms=6))
    place.land()
    place.write({"requests_b.csv": request(1, at="2026-02-09T10:00:00", ms=50) + request(3)})
    (report,) = place.land()
    assert (report.accepted, report.superseded, report.duplicates) == (2, 1, 0)
    assert place.latencies() == [5.0, 6.0, 50.0]
    assert place.dates()[2] == ["2026-02-01", "2026-02-09"]


def test_the_same_row_under_the_same_key_is_a_duplicate(tmp_path: Path) -> None:
    place = folder(tmp_path, KEYED, a=request(1) + request(1) + request(2))
    place.land()
    place.write({"requests_b.csv": request(2) + request(3)})
    (report,) = place.land()
    assert (report.received, report.accepted, report.duplicates) == (2, 1, 1)
    assert [load["duplicates"] for load in place.loads()] == [1, 1]
    assert place.rows().height == 3


def test_files_of_one_pass_supersede_each_other_in_order_of_path(tmp_path: Path) -> None:
    last = request(1, ms=2) + request(2)
    place = folder(tmp_path, KEYED, a=request(1, ms=1), b=request(1, ms=2), c=last)
    place.land()
    assert place.latencies() == [2.0, 5.0]
    counts = [(load["accepted"], load["superseded"], load["duplicates"]) for load in place.loads()]
    assert counts == [(1, 0, 0), (1, 1, 0), (1, 0, 1)]


def test_two_bodies_of_one_key_in_one_file_are_both_set_aside(tmp_path: Path) -> None:
    place = folder(tmp_path, KEYED, a=request(1, ms=1) + request(1, ms=2) + request(2))
    place.land()
    (load,) = place.loads()
    assert (load["received"], load["accepted"], load["quarantined"]) == (3, 1, 2)
    assert [(row["line"], row["rule"]) for row in place.quarantine()] == [
        (2, "one_body_per_key"),
        (3, "one_body_per_key"),
    ]


def test_without_a_key_a_changed_file_takes_the_place_of_its_earlier_self(tmp_path: Path) -> None:
    place = folder(
        tmp_path,
        a=request(1, ms=1) + request(2, at="2026-01-15T10:00:00", ms=2),
        b=request(9, ms=9),
    )
    place.land()
    place.write({"requests_a.csv": request(1, ms=3)})
    place.land()
    assert place.latencies() == [3.0, 9.0]
    assert [load["status"] for load in place.loads()] == ["replaced", "landed", "landed"]
    assert place.dates()[3] == ["2026-01-15", "2026-02-01"]


def test_a_changed_file_that_now_equals_another_leaves_its_rows_once(tmp_path: Path) -> None:
    place = folder(tmp_path, a=request(1, ms=1), b=request(2, ms=2))
    place.land()
    place.write({"requests_a.csv": request(2, ms=2)})
    (report,) = place.land()
    assert (report.received, report.accepted, report.duplicates) == (1, 0, 1)
    assert place.latencies() == [2.0]
    (again,) = place.land()
    assert again.status == "nothing"


def test_a_late_row_lands_on_its_own_day(tmp_path: Path) -> None:
    place = folder(tmp_path, a=request(1))
    place.land()
    place.write({"requests_b.csv": request(2, at="2025-12-20T10:00:00")})
    place.land()
    assert place.dates() == {1: ["2026-02-01"], 2: ["2025-12-20"]}
    path = place.workspace.table_path("requests")
    assert len(lake.files(path, {NOW.date()})) == 0
    assert len(lake.files(path)) == 2


def test_a_corrected_mapping_lands_its_files_again(tmp_path: Path) -> None:
    place = folder(tmp_path, a=request(1, ms=1) + "2,2026-02-01T10:00:00,search,2,timeout\n")
    place.land()
    assert place.latencies() == [1.0]
    corrected = REQUESTS.replace("failed: true", "failed: true, timeout: true")
    place.feeds_path.write_text(corrected, encoding="utf-8")
    (report,) = place.land()
    assert (report.accepted, report.quarantined) == (2, 0)
    assert place.latencies() == [1.0, 2.0]
    assert place.quarantine() == []
    assert place.land()[0].status == "nothing"


def test_a_load_mostly_without_its_time_is_rejected_whole(tmp_path: Path) -> None:
    place = folder(tmp_path, a=request(1, at="") + request(2, at="") + request(3))
    (report,) = place.land()
    assert (report.accepted, report.quarantined, report.rejected) == (0, 3, 1)
    (load,) = place.loads()
    assert load["status"] == "rejected"
    assert load["message"] == "more than half of the rows have no observed_at"
    assert place.rows().is_empty()
    assert place.land()[0].status == "nothing"


def test_a_rejected_new_version_leaves_the_old_one_in_the_lake(tmp_path: Path) -> None:
    place = folder(tmp_path, a=request(1, ms=7))
    place.land()
    place.write({"requests_a.csv": request(1, at="")})
    place.land()
    assert place.land()[0].status == "nothing"
    assert place.latencies() == [7.0]
    place.write({"requests_a.csv": request(1, ms=8)})
    place.land()
    assert place.latencies() == [8.0]
    assert [load["status"] for load in place.loads()] == ["replaced", "replaced", "landed"]


def test_a_feed_without_files_is_reported_and_the_others_land(tmp_path: Path) -> None:
    absent = REQUESTS.replace("  requests:", "  absent:").replace("requests*.csv", "none*.csv")
    place = folder(tmp_path, absent + REQUESTS.replace("\nfeeds:\n", ""), a=request(1))
    first, second = place.land()
    assert (first.status, second.status) == ("unavailable", "landed")
    assert "none*.csv" in first.message


def test_a_file_with_another_header_is_reported_and_its_neighbours_land(tmp_path: Path) -> None:
    place = folder(tmp_path, a=request(1))
    (tmp_path / "requests_b.csv").write_text("who,when\n1,2\n", encoding="utf-8")
    (report,) = place.land()
    assert (report.status, report.files, report.accepted) == ("faulty", 1, 1)
    assert "requests_b.csv" in report.message


def test_an_empty_file_is_a_load_of_nothing(tmp_path: Path) -> None:
    place = folder(tmp_path, a="")
    (report,) = place.land()
    assert (report.status, report.received) == ("landed", 0)
    assert place.loads()[0]["status"] == "landed"


ORDERS = """
feeds:
  orders:
    entity: orders
    files: "orders*.csv"
    columns:
      occurred_at: {from: at, format: "%Y-%m-%d", zone: UTC}
      order_id: id
      amount: amount
      currency: currency
      kind: {constant: sale}
"""


@pytest.mark.parametrize(
    "organisation",
    [
        pytest.param("", id="money of the first order"),
        pytest.param("organisation: {currency: GBP}\n", id="money as declared"),
    ],
)
def test_orders_in_other_money_are_set_aside(tmp_path: Path, organisation: str) -> None:
    place = folder(tmp_path, organisation + ORDERS)
    head = "id,at,amount,currency\n"
    place.write({"orders1.csv": f"{head}1,2026-02-01,10.1234,GBP\n2,2026-02-01,5,USD\n"})
    place.write({"orders2.csv": f"{head}3,2026-02-02,7,USD\n"})
    place.land()
    rows = place.rows("orders")
    assert [str(amount) for amount in rows["amount"]] == ["10.1234"]
    reasons = {row["reason"] for row in place.quarantine()}
    assert len(reasons) == 1
    assert "no rate feed" in reasons.pop()


def test_windows_are_over_at_their_end(tmp_path: Path) -> None:
    feeds = """
feeds:
  windows:
    entity: usage_windows
    files: "windows.csv"
    columns:
      window_start_at: {from: at, format: "%Y-%m-%d", zone: UTC}
      window_s: {constant: 86400}
      product: {constant: app}
      kind: {constant: new_users}
      count: count
"""
    place = folder(tmp_path, feeds)
    place.write({"windows.csv": "at,count\n2026-02-01,5\n2026-02-02,6\n"})
    place.land()
    (load,) = place.loads()
    assert load["first_event_at"].isoformat() == "2026-02-01T00:00:00+00:00"
    assert load["last_event_at"].isoformat() == "2026-02-03T00:00:00+00:00"


def test_only_the_sources_asked_for_are_landed(tmp_path: Path) -> None:
    place = folder(tmp_path, a=request(1))
    feeds = load_feeds(place.feeds_path, {})
    assert land(place.workspace, feeds, sources={"system_logs"}, now=NOW) == []
    assert len(land(place.workspace, feeds, sources={"performance_data"}, now=NOW)) == 1


def test_two_landings_never_run_at_once(tmp_path: Path) -> None:
    place = folder(tmp_path, a=request(1))
    feeds = load_feeds(place.feeds_path, {})
    with place.workspace.writing(), pytest.raises(WorkspaceError, match="another run"):
        land(place.workspace, feeds, now=NOW, wait_s=0)


def test_a_landing_waits_for_a_short_commit_of_another(tmp_path: Path) -> None:
    place = folder(tmp_path, a=request(1))
    with place.workspace.writing():
        begun = threading.Thread(target=place.land)
        begun.start()
    begun.join()
    assert [load["status"] for load in place.loads()] == ["landed"]
