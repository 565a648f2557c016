"""A backtest at the terminal: what each candidate was worth, and how far off each origin was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from anfl_assets.cli.forecast.words import REFUSED, verdict_look
from anfl_assets.cli.render import NOTHING, label, printable, table
from anfl_assets.report.forecast_words import error_words, gain_words, share_words, skill_words

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from anfl_assets.flow.forecasting.vintage import Made
    from anfl_assets.report.forecasts import ScoreRow, VintageRow


def tell_backtest(out: Console, made: Made) -> None:
    """Tell one series: its verdict, its candidates, its origins."""
    row = made.vintage
    out.print(
        f"{row.metric_id}, {label(row.subject)}, {row.form}: {row.horizon_days} days ahead, "
        f"backtested on {row.train_days} days up to {row.origin_day:%Y-%m-%d}",
        style="bold",
    )
    out.print(verdict_look(row.status).append(f": {printable(row.reason)}", style="default"))
    if row.status == REFUSED:
        return
    out.print(candidates_table(row))
    out.print(origins_table(made.scores))
    out.print(_HOW_TO_READ)
    out.print(f"{skill_words(row)}.")
    if row.notes:
        out.print(f"Treated: {printable('; '.join(row.notes))}.")


def tell_backtests(out: Console, made: Sequence[Made]) -> None:
    """List several series, a line each."""
    numeric = ("MASE", "floor", "skill", "80 %", "95 %")
    shown = table("series", *numeric, "verdict", numeric=numeric, whole=(*numeric, "verdict"))
    for each in made:
        row = each.vintage
        shown.add_row(
            f"{row.metric_id}, {label(row.subject)}, {row.form}",
            error_words(row.mase),
            error_words(row.floor_mase),
            gain_words(row),
            share_words(row.coverage_80),
            share_words(row.coverage_95),
            verdict_look(row.status),
        )
    out.print(shown)
    out.print("--subject and --form choose one, and show its candidates and origins")


def candidates_table(row: VintageRow) -> Table:
    """Return every candidate, the heaviest first: its share, its error or why it has none."""
    made = table("candidate", "weight", "MASE", "why not", numeric=("weight", "MASE"),
                 whole=("candidate", "weight", "MASE"))  # fmt: skip
    tried = zip(row.candidates, row.weights, row.candidate_mase, row.failures, strict=True)
    for name, weight, mase, failure in tried:
        made.add_row(name, share_words(weight), error_words(mase), printable(failure or ""))
    return made


def origins_table(scores: Sequence[ScoreRow]) -> Table:
    """Return by origin and lead how far off the forecast and the floor were, in MASE.

    A cell is `0.81 / 0.95 ·`: ours, the floor's, and where the day lay: `·` inside the 80 %
    interval, `○` outside it but inside that of 95 %, `✖` outside both.
    """
    leads = sorted({score.lead_days for score in scores})
    headings = [f"{lead} d" for lead in leads]
    made = table("from", *headings, numeric=headings, whole=("from", *headings))
    found = {(score.origin_day, score.lead_days): score for score in scores}
    for origin in sorted({score.origin_day for score in scores}):
        made.add_row(f"{origin:%Y-%m-%d}", *(_cell(found.get((origin, lead))) for lead in leads))
    return made


def _cell(score: ScoreRow | None) -> str:
    if score is None:
        return NOTHING
    ours = abs(score.actual - score.mean) / score.scale
    floor = abs(score.actual - score.floor) / score.scale
    return f"{ours:.2f} / {floor:.2f} {_place(score)}"


def _place(score: ScoreRow) -> str:
    if score.lower_80 <= score.actual <= score.upper_80:
        return "·"
    return "○" if score.lower_95 <= score.actual <= score.upper_95 else "✖"


_HOW_TO_READ = """\
errors as ours / the floor's, in multiples of what the series moves in a week;
· inside the 80 % interval, ○ only inside that of 95 %, ✖ outside both"""
