"""The days before those a vintage keeps, read anew from the published build."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from anfl_assets.catalog.model import Catalog
    from anfl_assets.flow.forecasting.series import AskedSeries
    from anfl_assets.report.forecasts import VintageRow
    from anfl_assets.report.published import Published
    from anfl_assets.store.workspace import Workspace


def longer_history(workspace: Workspace, catalog: Catalog, row: VintageRow) -> list[float | None]:
    """Return every known value up to a vintage's origin, oldest first.

    The newest are those the forecast was made from, as the vintage keeps them; older ones are what
    the newest build says of those days.
    """
    from anfl_assets.report.published import open_published

    with open_published(workspace) as published:
        found = series_of(published, catalog, row)
    if found is None or found.series is None:
        return list(row.recent)
    until = (row.origin_day - found.series.first_day).days + 1 - len(row.recent)
    older = found.series.values[: max(until, 0)].tolist()
    return [*(value if value == value else None for value in older), *row.recent]  # noqa: PLR0124 - NaN only is not itself


def series_of(published: Published, catalog: Catalog, row: VintageRow) -> AskedSeries | None:
    """Return the series a vintage was made of, as the build has it; None where it has no more."""
    from anfl_assets.flow.forecasting.series import asked_series

    wanted = (row.metric_id, row.subject, row.form)
    for each in asked_series(published, catalog, catalog.forecasts[row.model]):
        if (each.metric.metric_id, each.subject, each.form) == wanted:
            return each
    return None
