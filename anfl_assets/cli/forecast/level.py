"""When a level of a person's choice is crossed: forecasts made anew for it, and not kept.

A vintage keeps its days, not its paths, so it cannot be asked for another level. The same series
and the same seed give the same paths: what is told agrees with the kept forecast of the same days.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from anfl_assets.cli.forecast.run_progress import RunProgress
from anfl_assets.cli.options import current_moment
from anfl_assets.cli.render import label
from anfl_assets.errors import BadQuantity, UserError

if TYPE_CHECKING:
    from anfl_assets.catalog.model import Catalog, Metric
    from anfl_assets.flow.forecasting.vintage import Made
    from anfl_assets.store.workspace import Workspace


def made_for_level(
    workspace: Workspace, catalog: Catalog, metric: Metric, level: float, *, subject: str | None
) -> list[Made]:
    """Forecast every series of a metric as if `level` were its threshold; keep nothing.

    Raises:
        UserError: the metric has no such subject.
    """
    from anfl_assets.flow.forecasting.make import make
    from anfl_assets.flow.forecasting.series import asked_series
    from anfl_assets.report.published import open_published

    models = [each for each in catalog.forecasts.values() if metric.metric_id in each.metric_ids]
    with open_published(workspace) as published, RunProgress() as progress:
        asked = [
            replace(each, threshold=level)
            for model in models
            for each in asked_series(published, catalog, model)
            if each.metric.metric_id == metric.metric_id and subject in {None, each.subject}
        ]
        if not asked:
            raise UserError(f"no series of {metric.metric_id}, {label(subject or 'any subject')}")
        return make(
            published,
            asked,
            now=current_moment(None),
            tell=lambda made, _: progress.step(made.vintage, total=len(asked)),
        )


def read_level(metric: Metric, text: str) -> float:
    """Read a level in the metric's unit, or in one that converts into it: `85`, `85 %`, `0.1 s`.

    Raises:
        UserError: it is no quantity, or measures something else.
    """
    unit = metric.unit
    try:
        found = float(text)
    except ValueError:
        found = _converted(metric, text)
    if not math.isfinite(found):
        raise UserError(f"--level: {text!r} is no number; expected one in {unit.value}, such as 85")
    return found


def _converted(metric: Metric, text: str) -> float:
    from anfl_assets.catalog.quantity import parse_quantity

    unit = metric.unit
    try:
        return parse_quantity(text).converted(unit).value
    except BadQuantity as error:
        raise UserError(
            f"--level: {text!r} is no value of {metric.metric_id}; expected a number in "
            f"{unit.value}, such as {metric.threshold}"
        ) from error
