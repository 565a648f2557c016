"""The forecast on a metric's page: which one an address means, in words, and its fan."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from anfl_assets.pages.charts import asked_look
from anfl_assets.pages.forecasts.lines import ForecastLine, fan_address, forecast_line
from anfl_assets.pages.forecasts.standing import Forecasts, Standing
from anfl_assets.pages.metric.asked import Asked, asked, asked_metric
from anfl_assets.pages.metric.controls import Choice
from anfl_assets.pages.refusals import PageError
from anfl_assets.pages.site import Site
from anfl_assets.report.fan import drawn_fan, fan_words
from anfl_assets.report.forecast_words import skill_words, target_crossing_words
from anfl_assets.report.forecasts import ForecastDay, VintageRow
from anfl_assets.report.scorecard import ScorecardRow
from anfl_assets.wording.inert import one_line

_HEIGHT = 300
# As many as a page compares at once; the page of forecasts lists every one.
_SUBJECTS = 50
# What would read as 0 %.
_SHOWN = 0.005


@dataclass(frozen=True)
class Candidate:
    """A method that was tried: its share of the combination and its error in the backtest."""

    name: str
    weight: float
    mase: float | None


@dataclass(frozen=True)
class Tried:
    """Every method: those with a weight, those without, and by reason those that could not run."""

    weighed: Sequence[Candidate]
    idle: Sequence[Candidate]
    failed: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class ForecastTold:
    """What the page says of forecasts; without a `line` none stands for what is asked.

    `models` are the forecasts of the catalog that name the metric. `scores` are of the series, by
    lead, `described` tells the fan to who does not see it.
    """

    models: Sequence[str]
    line: ForecastLine | None = None
    forms: Sequence[Choice] = ()
    subjects: Sequence[Choice] = ()
    days: Sequence[ForecastDay] = ()
    described: str = ""
    tried: Tried | None = None
    skill: str = ""
    target: str = ""
    scores: Sequence[ScorecardRow] = ()
    is_stale: bool = False
    problem: str = ""


def forecast_told(
    given: Asked, forecasts: Forecasts, standing: Standing, *, now: datetime
) -> ForecastTold | None:
    """Return what stands of a metric; None where the catalog does not forecast it and nothing does.

    Without a subject asked it is the one that crosses first.
    """
    metric_id = given.metric.metric_id
    asked_for = forecasts.catalog.forecasts.values()
    models = [each.name for each in asked_for if metric_id in each.metric_ids]
    rows = standing.of(metric_id)
    if not models and not rows:
        return None
    chosen = chosen_forecast(given, rows)
    if chosen is None:
        subjects = _subjects(given, rows, None)
        return ForecastTold(models, subjects=subjects, problem=standing.problem)
    days = standing.days.get(chosen.vintage_id, ())
    return ForecastTold(
        models=models,
        line=forecast_line(chosen, standing),
        forms=[
            Choice(row.form, fan_address(row), row is chosen)
            for row in sorted(rows, key=lambda row: row.form)
            if row.subject == chosen.subject
        ],
        subjects=_subjects(given, rows, chosen),
        days=days,
        described=fan_words(chosen, days),
        tried=_tried(chosen) if chosen.candidates else None,
        skill=skill_words(chosen),
        target=target_crossing_words(chosen),
        scores=[row for row in standing.scores if row.vintage_id == chosen.vintage_id],
        is_stale=forecasts.is_stale(chosen, now),
    )


def chosen_forecast(given: Asked, rows: Sequence[VintageRow]) -> VintageRow | None:
    """Return the forecast an address means; `rows` are those of the metric, most urgent first.

    A form the subject has not is no fault: another subject may have it.
    """
    of_subject = [row for row in rows if not given.subjects or row.subject in given.subjects]
    of_form = [row for row in of_subject if row.form == given.form]
    return next(iter(of_form or of_subject), None)


async def fan_answer(request: Request) -> Response:
    """Return the Vega-Lite spec of the forecast that an address means.

    Raises:
        PageError: none stands for it.
    """
    site: Site = request.app.state.site
    look = asked_look(request)
    given = asked(asked_metric(site.catalog, request.path_params["metric"]), request.query_params)
    standing = await request.app.state.forecasts.current()
    row = chosen_forecast(given, standing.of(given.metric.metric_id))
    if row is None:
        subjects = ", ".join(one_line(each, 60) for each in given.subjects) or "any subject"
        raise PageError(f"no forecast of {given.metric.metric_id} stands for {subjects}", 404)
    days = standing.days.get(row.vintage_id, ())
    return JSONResponse(await asyncio.to_thread(drawn_fan, row, days, look, height=_HEIGHT))


def _subjects(given: Asked, rows: Sequence[VintageRow], chosen: VintageRow | None) -> list[Choice]:
    """Return the subjects to choose from, the most urgent first, what is shown among them."""
    found = list(dict.fromkeys(row.subject for row in rows))[:_SUBJECTS]
    form = "" if chosen is None else chosen.form
    shown = "" if chosen is None else chosen.subject
    if shown and shown not in found:
        found.append(shown)
    return [
        Choice(
            one_line(subject, 60),
            f"{given.address(subject=subject, form=form)}#forecast",
            subject == shown,
        )
        for subject in found
    ]


def _tried(row: VintageRow) -> Tried:
    failed: dict[str, list[str]] = {}
    ran = []
    every = zip(row.candidates, row.weights, row.candidate_mase, row.failures, strict=True)
    for name, weight, mase, failure in every:
        if failure is None:
            ran.append(Candidate(name, weight, mase))
        else:
            failed.setdefault(failure, []).append(name)
    return Tried(
        [each for each in ran if each.weight >= _SHOWN],
        [each for each in ran if each.weight < _SHOWN],
        failed,
    )
