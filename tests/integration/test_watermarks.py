"""How far a feed has delivered: its last event, rounded as files are complete, never past now."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from anfl_assets.collect.feeds import load_feeds
from anfl_assets.flow.land import land
from anfl_assets.flow.watermarks import watermarks
from anfl_assets.store.ledger import open_ledger
from anfl_assets.store.workspace import open_workspace

FEEDS = """
feeds:
  web:
    entity: requests
    files: web.csv
    columns:
      observed_at: {{from: at, zone: UTC}}
      service: service
      is_error: {{constant: false}}
    {complete_to}
"""


@pytest.mark.parametrize(
    ("complete_to", "now", "expected"),
    [
        pytest.param("", "2026-03-09T00:00", "2026-03-01T10:07", id="the last event"),
        pytest.param(
            "complete_to: 5 minutes", "2026-03-09T00:00", "2026-03-01T10:10", id="rounded"
        ),
        pytest.param("complete_to: 1 day", "2026-03-09T00:00", "2026-03-02T00:00", id="a day"),
        pytest.param(
            "complete_to: 1 day", "2026-03-01T11:00", "2026-03-01T11:00", id="running day"
        ),
        pytest.param(
            "complete_to: 1 day", "2026-03-01T10:00", "2026-03-01T10:07", id="clock behind"
        ),
    ],
)
def test_a_watermark_is_the_last_event_rounded_but_never_past_now(
    tmp_path: Path, complete_to: str, now: str, expected: str
) -> None:
    (tmp_path / "feeds.yaml").write_text(FEEDS.format(complete_to=complete_to))
    (tmp_path / "web.csv").write_text("at,service\n2026-03-01T10:07:00Z,web\n")
    feeds, workspace = load_feeds(tmp_path / "feeds.yaml", {}), open_workspace(tmp_path / "data")
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    land(workspace, feeds, now=moment)
    with open_ledger(workspace) as ledger:
        found = watermarks(ledger, feeds, now=moment)
    assert [(each.feed, each.entity) for each in found] == [("web", "requests")]
    assert found[0].watermark_at == datetime.fromisoformat(expected).replace(tzinfo=UTC)
    assert str(found[0].first_on) == "2026-03-01"


@pytest.mark.parametrize(
    ("entity", "columns", "expected"),
    [
        pytest.param(
            "work_items",
            "created_at: {from: at, zone: UTC}, team: {constant: t}, kind: {constant: k}",
            "2026-03-02",
            id="a moment at midnight begins its day",
        ),
        pytest.param(
            "usage_windows",
            "window_start_at: {from: at, zone: UTC}, window_s: {constant: 86400}, "
            "product: {constant: p}, kind: {constant: requests}, count: {constant: 1}",
            "2026-03-02",
            id="a window that ends at midnight ends its day",
        ),
    ],
)
def test_a_day_of_dates_alone_is_complete_to_its_end(
    tmp_path: Path, entity: str, columns: str, expected: str
) -> None:
    (tmp_path / "feeds.yaml").write_text(
        f"feeds: {{daily: {{entity: {entity}, files: daily.csv, complete_to: 1 day, "
        f"columns: {{{columns}}}}}}}"
    )
    (tmp_path / "daily.csv").write_text("at\n2026-03-01\n")
    feeds, workspace = load_feeds(tmp_path / "feeds.yaml", {}), open_workspace(tmp_path / "data")
    moment = datetime(2026, 3, 9, tzinfo=UTC)
    land(workspace, feeds, now=moment)
    with open_ledger(workspace) as ledger:
        [found] = watermarks(ledger, feeds, now=moment)
    assert found.watermark_at == datetime.fromisoformat(expected).replace(tzinfo=UTC)
