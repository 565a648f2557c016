"""What drove the largest change: the parts of the metric whose change weighs the most. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from anfl_assets.report.contributions import ContributionRow
from anfl_assets.report.digest.content import Driver, Tile
from anfl_assets.report.metric_words import title
from anfl_assets.wording.inert import one_line
from anfl_assets.wording.numbers import moment, quantity

_SHOWN = 6
_NAME_LENGTH = 40
_EFFECTS = {
    "rate": "its value",
    "mix": "its share",
    "volume": "its amount",
    "numerator": "the later sum",
    "denominator": "the earlier sum",
}


def largest_driver(rows: Sequence[ContributionRow], tiles: Sequence[Tile]) -> Driver | None:
    """Return the parts of the change that went farthest between target and threshold.

    None where no metric of the digest moved, or none of its changes could be split.
    """
    by_metric = {
        tile.metric_id: [row for row in rows if row.metric_id == tile.metric_id] for tile in tiles
    }
    weighed = [
        (_weight(tile, by_metric[tile.metric_id][0]), tile)
        for tile in tiles
        if by_metric[tile.metric_id]
    ]
    if not weighed:
        return None
    weight, tile = max(weighed, key=lambda pair: pair[0])
    return _driver(by_metric[tile.metric_id]) if weight else None


def part_name(row: ContributionRow) -> str:
    """Name a part as a reader without statistics would: `chat, its share`."""
    effect = _EFFECTS.get(row.effect, row.effect)
    return one_line(f"{one_line(row.subject, _NAME_LENGTH)}, {effect}")


def _weight(tile: Tile, row: ContributionRow) -> float:
    distance = abs(tile.row.target - tile.row.threshold)
    return abs(row.after - row.before) / distance if distance else 0.0


def _driver(rows: Sequence[ContributionRow]) -> Driver:
    first = rows[0]
    line = (
        f"{title(first.metric_id)} went from {quantity(first.before, first.unit)} "
        f"({first.grain} to {moment(first.against_end_at)}) "
        f"to {quantity(first.after, first.unit)} (to {moment(first.window_end_at)})."
    )
    return Driver(first.metric_id, title(first.metric_id), line, tuple(rows[:_SHOWN]))
