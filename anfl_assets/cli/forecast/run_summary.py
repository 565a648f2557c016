"""What a run of forecasts did, in figures: by model, and what is foretold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from anfl_assets.cli.forecast.crossing_rows import CrossingRow, soonest_first, threshold_row
from anfl_assets.cli.forecast.crossing_table import crossings_table
from anfl_assets.cli.render import count, duration, table
from anfl_assets.wording.numbers import counted

if TYPE_CHECKING:
    from rich.console import Console

    from anfl_assets.flow.forecasting.run import ForecastRun
    from anfl_assets.report.forecasts import VintageRow


@dataclass(frozen=True)
class ModelSummary:
    """What became of one model's series; `core_seconds` are those of the series made now."""

    model: str
    series: int
    forecastable: int
    not_forecastable: int
    refused: int
    standing: int
    core_seconds: float


@dataclass(frozen=True)
class Done:
    """A run, what it took, and whether it was kept (a look back is not)."""

    run: ForecastRun
    core_seconds: Mapping[str, float]
    seconds: float
    is_kept: bool

    @property
    def vintages(self) -> list[VintageRow]:
        """Every series' vintage, whether it was made now or stands."""
        return [*self.run.standing, *(made.vintage for made in self.run.made)]

    @property
    def foretold(self) -> list[CrossingRow]:
        """What a predictive alert would say, soonest first."""
        rows = (threshold_row(each, (), within_days=None) for each in self.vintages)
        return soonest_first(row for row in rows if row.is_foretold)


def summaries(
    done: Sequence[VintageRow],
    standing: Sequence[VintageRow],
    models: Sequence[str],
    core_seconds: Mapping[str, float],
) -> list[ModelSummary]:
    """Count what became of each model's series; `done` are all, those that stand among them."""
    statuses = Counter((row.model, row.status) for row in done)
    stood = Counter(row.model for row in standing)
    return [
        ModelSummary(
            model=model,
            series=sum(row.model == model for row in done),
            forecastable=statuses[model, "forecastable"],
            not_forecastable=statuses[model, "not_forecastable"],
            refused=statuses[model, "refused"],
            standing=stood[model],
            core_seconds=round(core_seconds.get(model, 0.0), 1),
        )
        for model in models
    ]


def tell_run(out: Console, done: Done, models: Sequence[str]) -> None:
    """Tell what was made and kept, and what is foretold."""
    if not done.vintages:
        out.print("No window has ended yet: there is nothing to forecast.")
        return
    _print_summary(out, summaries(done.vintages, done.run.standing, models, done.core_seconds))
    out.print(_what_was_done(done))
    if found := done.foretold:
        out.print("\nForetold:")
        out.print(crossings_table(found, width=out.width))
    else:
        out.print("No crossing is foretold.")


def _print_summary(out: Console, found: Sequence[ModelSummary]) -> None:
    numeric = ("forecastable", "not so", "refused", "standing", "core s")
    made = table("model", *numeric, numeric=numeric, whole=("model", *numeric))
    for each in found:
        made.add_row(
            each.model,
            f"{count(each.forecastable)} of {count(each.series)}",
            count(each.not_forecastable),
            count(each.refused),
            count(each.standing),
            f"{each.core_seconds:,.1f}",
        )
    out.print(made)


def _what_was_done(done: Done) -> str:
    took = duration(done.seconds)
    if not done.is_kept:
        return f"A look back: nothing was kept. {took}."
    scored = f"{counted(done.run.scored, 'day', 'days')} of earlier forecasts scored"
    if not done.run.made:
        return f"Nothing changed: every forecast stands; {scored}. {took}. --again makes them anew."
    return f"{count(len(done.run.made))} made and kept, {scored}. {took}."


def document(done: Done, models: Sequence[str]) -> dict[str, object]:
    """Return a run as `--json` prints it."""
    found = summaries(done.vintages, done.run.standing, models, done.core_seconds)
    return {
        "models": [asdict(each) for each in found],
        "made": len(done.run.made),
        "standing": len(done.run.standing),
        "scored": done.run.scored,
        "is_kept": done.is_kept,
        "seconds": round(done.seconds, 1),
        "foretold": [asdict(row) for row in done.foretold],
    }
