"""Forecasting a list of series, spread over the cores: each becomes a vintage or is refused."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from anfl_assets.flow.forecasting.due import defined, name_of
from anfl_assets.flow.forecasting.gate import held_to_truth, recent_truth
from anfl_assets.flow.forecasting.method import program
from anfl_assets.flow.forecasting.piece import Foreseen, Piece, Refused, foresee
from anfl_assets.flow.forecasting.series import AskedSeries
from anfl_assets.flow.forecasting.vintage import LOST, Made, Making, made_of, side_of
from anfl_assets.flow.forecasting.workers import spread
from anfl_assets.forecast.series import DailySeries
from anfl_assets.report.published import Published

# Many times what the slowest series takes; longer is no forecast but a loop without an end.
_LIMIT_S = 300.0


def make(
    published: Published,
    asked: Sequence[AskedSeries],
    *,
    now: datetime,
    tell: Callable[[Made, float], None],
) -> list[Made]:
    """Forecast every series, in the order given.

    `tell` hears of each as it is done, and of the seconds of a core it took. A process that dies or
    never ends costs its own series: that one is refused, with the reason.
    """
    days = [each.series.last_day for each in asked if each.series is not None]
    newest = max(days, default=now.date() - timedelta(days=1))
    making = Making(published.build.build_id, now, program(), newest)
    truth = recent_truth(
        published.workspace,
        {defined(each): each.series.last_day for each in asked if each.series is not None},
    )
    found: dict[int, Made] = {}
    for place, foreseen, seconds in _foreseen(asked):
        made = made_of(asked[place], foreseen, making)
        held = held_to_truth(made.vintage, truth.get(defined(asked[place])))
        found[place] = replace(made, vintage=held)
        tell(found[place], seconds)
    return [found[place] for place in range(len(asked))]


def _foreseen(asked: Sequence[AskedSeries]) -> Iterator[tuple[int, Foreseen | Refused, float]]:
    places = [place for place, each in enumerate(asked) if each.series is not None]
    for place, each in enumerate(asked):
        if each.series is None:
            yield place, Refused(each.reason or "there is no series"), 0.0
    pieces = [_piece(asked[place], series) for place in places if (series := asked[place].series)]
    cores = len(os.sched_getaffinity(0))
    for done in spread(foresee, pieces, processes=cores, limit_s=_LIMIT_S):
        foreseen = done.result or Refused(f"{LOST}: {done.lost}")
        yield places[done.place], foreseen, done.seconds


def _piece(asked: AskedSeries, series: DailySeries) -> Piece:
    return Piece(
        series=series,
        horizon_days=asked.horizon_days,
        seed=_seed(asked, series),
        threshold=asked.threshold,
        target=asked.target,
        side=side_of(asked),
    )


def _seed(asked: AskedSeries, series: DailySeries) -> int:
    """Return the same seed for the same series and day, on every machine (`hash` is not)."""
    text = "\n".join((*name_of(asked), series.last_day.isoformat()))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) >> 1
