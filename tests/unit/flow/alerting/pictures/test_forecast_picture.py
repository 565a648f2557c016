"""The picture of a message that foretells: the fan of the vintage it tells of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from anfl_assets.deliver.message import Line, Message
from anfl_assets.flow.alerting.pictures.drawn import drawn
from anfl_assets.flow.alerting.pictures.fan import foretold_fan
from anfl_assets.store.alerts.records import ConditionKey
from anfl_assets.store.workspace import Workspace
from tests.forecast_rows import calm, fan, put, vintage

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
KEY = ConditionKey("resource_utilization", "db-2/disk", "capacity_planning", "forecast")
LINE = Line(
    metric_id=KEY.metric_id,
    label="Resource utilization",
    subject=KEY.subject,
    grain=KEY.grain,
    status="forecast",
    value=81.4,
    unit="%",
    target=80.0,
    target_operator="<",
    threshold=90.0,
    since=NOW,
    window_end_at=NOW - timedelta(hours=9),
    detail="will cross 90 % around 2027-01-12 (even odds)",
)
MESSAGE = Message("first", "information", NOW, "7", lines=(LINE,))


def test_the_form_that_crosses_sooner_is_drawn(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    peak, mean = vintage(recent=[81.4]), calm(vintage_id="v-mean", form="daily mean")
    put(workspace, [peak, mean], [*fan(peak), *fan(mean, start=20.0)])
    spec = foretold_fan(workspace, KEY, "light", now=NOW)
    assert spec is not None
    means = [
        row["value"] for layer in spec["layer"] if layer.get("data", {}).get("name") == "ahead"
        for row in layer["data"]["values"]
    ]  # fmt: skip
    assert min(means) == 81.4  # the newest known value: the fan begins at it
    picture = drawn(workspace, {}, MESSAGE, now=NOW)
    assert picture is not None
    assert picture.startswith(b"\x89PNG")


def test_without_a_forecast_there_is_no_picture(tmp_path: Path) -> None:
    assert drawn(Workspace(tmp_path), {}, MESSAGE, now=NOW) is None


def test_a_forecast_that_cannot_be_read_sends_the_message_without_a_picture(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    put(workspace, [vintage()])
    for path in workspace.forecast_path("vintages").rglob("*.parquet"):
        path.write_bytes(b"damaged")
    assert drawn(workspace, {}, MESSAGE, now=NOW) is None
