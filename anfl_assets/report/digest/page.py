"""A digest as one HTML page that needs nothing from elsewhere: no script, no address, no font.

Everything the template prints is escaped but the charts, which are our own SVG.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from anfl_assets.chart.theme import dark_rules
from anfl_assets.report.digest.content import Digest
from anfl_assets.report.digest.drawings import chart_words, driver_chart, tile_charts
from anfl_assets.report.digest.drivers import part_name
from anfl_assets.report.digest.forecasts import fan_charts, foretold_line
from anfl_assets.report.digest.incidents import answered, ended
from anfl_assets.report.metric_words import age_words, subject_title, when_words
from anfl_assets.wording.inert import one_line
from anfl_assets.wording.looks import look
from anfl_assets.wording.numbers import NOTHING, change, counted, moment, quantity, span

if TYPE_CHECKING:
    from jinja2 import Template

_STATUSES = ("breached", "no_data", "off_target", "insufficient", "on_target")


def page(digest: Digest) -> str:
    """Return the page; drawing its charts takes 0.1 s each."""
    return _template().render(
        digest=digest,
        statuses=_STATUSES,
        charts=tile_charts(digest),
        fans={} if digest.forecasts is None else fan_charts(digest.forecasts),
        driver_chart=None if digest.driver is None else driver_chart(digest.driver),
        dark_rules=dark_rules("figure svg"),
    )


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    made = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.filters |= {
        "age": age_words,
        "when": when_words,
        "answered": answered,
        "change": change,
        "chart_words": chart_words,
        "counted": counted,
        "ended": ended,
        "foretold": foretold_line,
        "look": look,
        "moment": moment,
        "name": one_line,
        "part_name": part_name,
        "quantity": quantity,
        "span": span,
        "subject_title": subject_title,
    }
    made.globals["NOTHING"] = NOTHING
    return made.from_string(Path(__file__).with_name("executive.html.jinja").read_text("utf-8"))
