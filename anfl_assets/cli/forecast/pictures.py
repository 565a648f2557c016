"""One forecast as a picture in a file: SVG or PNG, as the pages draw it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from anfl_assets.errors import WorkspaceError

if TYPE_CHECKING:
    from anfl_assets.report.forecasts import ForecastDay, VintageRow

_WIDTH, _HEIGHT = 900, 360


def write_pictures(
    row: VintageRow, days: Sequence[ForecastDay], *, svg: Path | None, png: Path | None, note: str
) -> list[Path]:
    """Draw a forecast into the files that are asked for; return them.

    `note` stands below the title: whose data it is, if they are made up.

    Raises:
        WorkspaceError: a file cannot be written.
    """
    from anfl_assets.chart import image
    from anfl_assets.report.fan import drawn_fan

    title = f"{row.metric_id}, {row.subject}, {row.form}"
    spec = drawn_fan(row, days, "light", title=title, subtitle=note, width=_WIDTH, height=_HEIGHT)
    spec["background"] = "white"
    if svg is not None:
        _write(svg, image.svg(spec).encode())
    if png is not None:
        _write(png, image.png(spec))
    return [path for path in (svg, png) if path is not None]


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise WorkspaceError(f"{path}: cannot be written: {error.strerror}") from error
