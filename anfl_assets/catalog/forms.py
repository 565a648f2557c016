"""The daily series a metric may be forecast as (§3.2): the catalog's words and what they mean.

A word that is not here is a fault of the catalog. The values come from the metric's own windows, so
what a day's value is (a mean, a 95th percentile) is the metric's definition's word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal


@dataclass(frozen=True)
class Form:
    """One value a day.

    `source` is the windows it is taken from: the `day` itself; the highest `hour` of it (an hour
    and not five minutes, because how often a system is sampled differs through its history); or the
    window that `moves` by a day, whichever shares least with its neighbour.
    """

    name: str
    source: Literal["day", "hour", "moving"]
    meaning: str


FORMS: Mapping[str, Form] = MappingProxyType(
    {
        form.name: form
        for form in (
            Form("daily peak", "hour", "the highest hour of each day"),
            Form("daily mean", "day", "the value of each day"),
            Form("daily p95", "day", "the 95th percentile of each day"),
            Form("daily form", "moving", "the trailing window that moves by a day"),
        )
    }
)
