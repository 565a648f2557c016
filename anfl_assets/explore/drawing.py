"""A metric's history as an Altair chart: the project's own theme, nothing drawn here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from anfl_assets.chart.history import history as history_spec
from anfl_assets.chart.theme import theme
from anfl_assets.chart.types import Drawn, Limits, Line, Mark, Point, Spec
from anfl_assets.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import altair as alt

_NEWEST = 300
_MOST = 50_000
_UTC_MINUTES = "utcyearmonthdatehoursminutes"


def newest(found: pl.DataFrame, windows: int = _NEWEST) -> pl.DataFrame:
    """Return the newest windows of each subject, in their order."""
    return found.group_by("subject", maintain_order=True).tail(windows)


def chart(
    found: pl.DataFrame, unit: str, drawn: Drawn, *, marks: Sequence[Mark] = ()
) -> alt.LayerChart:
    """Draw a history frame: one line per subject, those that missed their target most first.

    Target and threshold are drawn where all that is drawn shares them.

    Raises:
        UserError: there are more windows than a browser draws.
    """
    if found.height > _MOST:
        raise UserError(
            f"{found.height:,} windows are more than a chart shows; expected at most {_MOST:,}: "
            "choose a coarser grain, a later since or fewer subjects"
        )
    spec = history_spec(
        [_line(subject, windows) for subject, windows in _worst_first(found)],
        limits=_limits(found, unit), marks=marks, unit=unit, look="light", **drawn,
    )  # fmt: skip
    return altair_chart(spec)


def altair_chart(spec: Spec) -> alt.LayerChart:
    """Make an Altair chart of a specification.

    Its rows are put in past Altair's schema, which takes milliseconds for each of them.
    """
    import altair as alt
    from altair.utils.schemapi import debug_mode

    rows = spec["data"]["values"]
    # Notebooks are light or dark, and Altair takes no absent background: it brings its own ground.
    bare = {**spec, "data": {"values": []}, "background": theme("light").surface}
    with debug_mode(arg=False):
        made = alt.LayerChart.from_dict(_for_altair(bare))
        made.data = alt.InlineData(values=rows)
    return made


def _line(subject: str, windows: pl.DataFrame) -> Line:
    pairs = windows.select("window_end_at", "value").iter_rows()
    return Line(subject, [Point(at, value) for at, value in pairs])


def _worst_first(found: pl.DataFrame) -> list[tuple[str, pl.DataFrame]]:
    """Order subjects by their share of windows that missed the target, then by name."""
    missed = pl.col("status").is_in(["breached", "off_target"])
    order = (
        found.group_by("subject")
        .agg(missed.mean().fill_null(0.0).alias("missed"))
        .sort("missed", "subject", descending=[True, False])
    )
    return [(name, found.filter(subject=name)) for name in order["subject"]]


def _limits(found: pl.DataFrame, unit: str) -> Limits | None:
    judged = found.drop_nulls("target").select("target", "threshold").unique()
    if judged.height != 1:
        return None
    target, threshold = judged.row(0)
    return Limits(target, threshold, unit)


def _for_altair(node: Any) -> Any:  # noqa: ANN401 - JSON
    """Say UTC in tooltips as Altair's schema takes it: by a time unit instead of a scale."""
    if isinstance(node, list):
        return [_for_altair(each) for each in node]
    if not isinstance(node, dict):
        return node
    inner = {name: _for_altair(value) for name, value in node.items()}
    if isinstance(told := inner.get("tooltip"), list):
        inner["tooltip"] = [_tooltip(each) for each in told]
    return inner


def _tooltip(field: dict[str, Any]) -> dict[str, Any]:
    if field.get("type") != "temporal":
        return field
    kept = {name: value for name, value in field.items() if name not in {"scale", "formatType"}}
    return {**kept, "timeUnit": _UTC_MINUTES}
