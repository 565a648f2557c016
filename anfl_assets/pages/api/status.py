"""The board and the catalog as the API tells them."""

from __future__ import annotations

from starlette.requests import Request

from anfl_assets.pages.api.answers import MetricAnswer, StatusRow, metric_answer, status_row
from anfl_assets.pages.boards.routes import asked_reading
from anfl_assets.pages.metric.asked import asked_metric
from anfl_assets.pages.refusals import PageError
from anfl_assets.pages.site import Site


async def asked_status(request: Request) -> list[StatusRow]:
    """Return the board of the newest build, or as of an earlier moment.

    Raises:
        PageError: nothing was published.
        UnknownMetric: no metric has the name.
    """
    site: Site = request.app.state.site
    reading = await asked_reading(request)
    if reading is None:
        raise PageError("nothing was published yet; run `anfl run`", 404)
    wanted = request.query_params.get("metric")
    ids = None if wanted is None else {each.metric_id for each in site.catalog.resolve(wanted)}
    # Ages are whole seconds: who asks a hundred times within one gets the same rows.
    now = (reading.as_of or site.now()).replace(microsecond=0)
    rows: list[StatusRow] = request.app.state.statuses.get(
        (reading.build.build_id, reading.as_of, wanted, now),
        lambda: [
            status_row(row, now) for row in reading.board if ids is None or row.metric_id in ids
        ],
    )
    return rows


async def asked_metrics(request: Request) -> list[MetricAnswer]:
    """Return every metric of the catalog."""
    return [metric_answer(each) for each in request.app.state.site.catalog.metrics.values()]


async def asked_one_metric(request: Request) -> MetricAnswer:
    """Return the metric of an id, or of an alias that means one.

    Raises:
        PageError: none is called so, or several are.
    """
    site: Site = request.app.state.site
    return metric_answer(asked_metric(site.catalog, request.path_params["metric"]))
