"""The daily series a metric may be forecast as (§3.2): the catalog's words and what they mean.

A word that is not here is a fault of the catalog. The values are the metric's own, so a form that
says how a day becomes a number must say what the metric's statistic says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from anfl_assets.catalog.entry import Entry
from anfl_assets.catalog.model import Metric


@dataclass(frozen=True)
class Form:
    """One value a day.

    `source` is the windows it is taken from: the `day` itself; the highest `hour` of it (an hour
    and not five minutes, because how often a system is sampled differs through its history); or the
    window that is `moving` on by a day, whichever shares least with its neighbour. `of` is what the
    metric must be; None where it does not matter.
    """

    name: str
    source: Literal["day", "hour", "moving"]
    meaning: str
    of: Literal["a percentile", "no percentile"] | None = None

    def fits(self, statistic: str) -> bool:
        """Whether the name is true of a metric with this statistic."""
        found = "a percentile" if "percentile" in statistic else "no percentile"
        return self.of in (None, found)


FORMS: Mapping[str, Form] = MappingProxyType(
    {
        form.name: form
        for form in (
            Form("daily peak", "hour", "the highest hour of each day"),
            Form("daily mean", "day", "the value of each day", "no percentile"),
            Form("daily p95", "day", "the 95th percentile of each day", "a percentile"),
            Form("daily form", "moving", "the trailing window that moves by a day"),
        )
    }
)


def read_forms(series: Entry, word: str, metrics: Iterable[Metric]) -> tuple[str, ...]:
    """Read which forms of the metrics that a word names are forecast; each must be true of all."""
    forms = series.choices(word, FORMS)
    if not forms and word in series.body:
        series.fault(word, "nothing", f"one or more of {', '.join(FORMS)}")
    for form in (FORMS[name] for name in forms if name in FORMS):
        for metric in metrics:
            if not form.fits(metric.statistic):
                found = f"{form.name!r} of {metric.metric_id}"
                series.fault(word, found, f"a metric whose statistic is {form.of}")
    return forms
