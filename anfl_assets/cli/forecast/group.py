"""`anfl forecast`: the map of its sub-commands; each is a module of its own."""

from __future__ import annotations

import click

from anfl_assets.cli.lazy import Entry, LazyGroup

_GROUPS = {
    "Make them": {
        "run": Entry("anfl_assets.cli.forecast.run", "Forecast every series and keep the result."),
    },
    "Read them": {
        "show": Entry("anfl_assets.cli.forecast.show", "One forecast drawn: history and fan."),
        "crossing": Entry("anfl_assets.cli.forecast.crossing", "When which threshold is crossed."),
    },
    "What they are worth": {
        "scorecard": Entry("anfl_assets.cli.forecast.scorecard", "Errors and coverage by lead."),
        "backtest": Entry(
            "anfl_assets.cli.forecast.backtest", "One series forecast anew from its past."
        ),
    },
}


@click.group(cls=LazyGroup, titled=_GROUPS, name="forecast")
def command() -> None:
    """What will be, how sure that is, and what such forecasts were worth (§3.2)."""
