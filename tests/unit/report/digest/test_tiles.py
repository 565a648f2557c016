"""The tiles of a digest, from the catalog's executive panels and a board."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

from anfl_assets.catalog import load_catalog
from anfl_assets.report.contributions import ContributionRow
from anfl_assets.report.digest.drivers import largest_driver, part_name
from anfl_assets.report.digest.tiles import told_panels
from tests.unit.report.digest.boards import NOON, row

CATALOG = load_catalog()
WHOLE = row(subject="all", value=60.0, status="off_target", is_whole=True)
PARTS = [
    row("breached", 148.4, subject="images"),
    row("no_data", None, subject="tags", window_end_at=None, window_start_at=None),
    row(subject="chat"),
]


def test_a_tile_has_the_whole_in_front_and_says_what_its_parts_do() -> None:
    panels = told_panels(CATALOG, [*PARTS, WHOLE], {}, now=NOON)
    assert [panel.title for panel in panels] == list(CATALOG.dashboards["executive"].panels)
    (tile,) = next(panel for panel in panels if panel.title == "System health").tiles
    assert (tile.row, tile.value, tile.target, tile.threshold) == (
        WHOLE,
        "60 ms",
        "< 50 ms",
        "> 100 ms",
    )
    assert tile.change == "+3.25 ms vs a day before"
    assert tile.window == "5 minutes to 2026-11-23 12:00"
    assert tile.parts_line == "1 breached: images 148.4 ms; 1 no data: tags; 1 of 3 on target"


def test_what_is_older_than_the_catalog_allows_is_stale() -> None:
    now = NOON + timedelta(hours=1, minutes=1)
    tiles = [tile for panel in told_panels(CATALOG, [WHOLE], {}, now=now) for tile in panel.tiles]
    assert [(tile.is_stale, tile.fresh) for tile in tiles] == [(True, "1 h 1 min ago")]


def test_a_metric_without_data_has_a_tile_that_says_so() -> None:
    nothing = replace(PARTS[1], subject="all", since=None)
    tiles = [
        tile for panel in told_panels(CATALOG, [nothing], {}, now=NOON) for tile in panel.tiles
    ]
    assert [(tile.value, tile.window, tile.fresh, tile.is_stale) for tile in tiles] == [
        ("–", "–", "never measured", False)
    ]


def test_a_metric_that_is_new_in_the_catalog_appears_by_itself() -> None:
    new = replace(CATALOG.metrics["inference_latency"], metric_id="queue_length")
    catalog = replace(CATALOG, metrics=MappingProxyType({**CATALOG.metrics, "queue_length": new}))
    board = [replace(WHOLE, metric_id="queue_length")]
    tiles = [tile for panel in told_panels(catalog, board, {}, now=NOON) for tile in panel.tiles]
    assert [tile.title for tile in tiles] == ["Queue length"]


def test_what_drove_the_change_that_went_farthest_is_told() -> None:
    panels = told_panels(CATALOG, [WHOLE], {}, now=NOON)
    tiles = [tile for panel in panels for tile in panel.tiles]
    assert largest_driver([], tiles) is None
    parts = [part("images", "rate", 30.0), part("chat", "mix", -5.0)]
    driver = largest_driver(parts, tiles)
    assert driver is not None
    assert driver.line == (
        "Inference latency went from 35 ms (5 minutes to 2026-11-22 12:00 UTC) "
        "to 60 ms (to 2026-11-23 12:00 UTC)."
    )
    assert [part_name(each) for each in driver.parts] == ["images, its value", "chat, its share"]


def part(subject: str, effect: str, amount: float) -> ContributionRow:
    five, day = timedelta(minutes=5), timedelta(days=1)
    return ContributionRow(
        metric_id="inference_latency", subject=subject, effect=effect, amount=amount, unit="ms",
        whole="all", before=35.0, after=60.0, grain="5 minutes", window_start_at=NOON - five,
        window_end_at=NOON, against_start_at=NOON - day - five, against_end_at=NOON - day,
        computed_at=NOON, build_id="b",
    )  # fmt: skip
