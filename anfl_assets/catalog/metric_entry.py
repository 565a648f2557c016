"""From one entry of metrics.yaml to a `Metric`, every fault in it recorded (§1).

What a metric may refer to (tables, severities, panels) is passed in as `Vocabulary`; checks between
metrics, such as an alias that is another metric's id, are `loader.py`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from anfl_assets.catalog.alert_entries import read_recovery, read_runbook
from anfl_assets.catalog.duration import (
    parse_cadence,
    parse_hold,
    parse_limit,
)
from anfl_assets.catalog.entry import Entry, shown
from anfl_assets.catalog.model import GRAINS, Feature, Metric
from anfl_assets.catalog.quantity import parse_quantity, parse_unit
from anfl_assets.catalog.reach import Reach, parse_reach
from anfl_assets.catalog.target_entry import check_targets, read_subjects
from anfl_assets.errors import BadQuantity

_SPECIFIED = ("description", "target", "alert_threshold", "collection")
_REQUIRED = (
    "statistic",
    "unit",
    "judged_on",
    "entities",
    "reach",
    "for",
    "severity",
    "owner",
    "stale_after",
    "has_parts",
    "panels",
)
_OPTIONAL = (
    "aliases",
    "numerator",
    "denominator",
    "subjects",
    "features",
    "recovers_at",
    "keep_firing_for",
    "runbook",
)


@dataclass(frozen=True)
class Vocabulary:
    """The names a metric may refer to; `panels` are those of each dashboard."""

    entities: tuple[str, ...]
    severities: tuple[str, ...]
    panels: Mapping[str, tuple[str, ...]]


def read_metric(section: str, domain: str, entry: Entry, known: Vocabulary) -> Metric:
    """Read one metric; what is wrong is recorded in the entry and replaced by a stand-in."""
    entry.only(*_SPECIFIED, "decided")
    decided = entry.child("decided")
    decided.only(*_REQUIRED, *_OPTIONAL)
    found_before = len(entry.faults)
    target = entry.parsed("target", parse_quantity, "0%")
    threshold = entry.parsed("alert_threshold", parse_quantity, "1%")
    unit = decided.parsed("unit", parse_unit, "%")
    if len(entry.faults) == found_before:
        # Only what could be read is compared: a stand-in would add faults that are not there.
        check_targets(entry, target, threshold)
        if unit is not target.unit and "unit" in decided.body:
            decided.fault("unit", repr(unit.value), f"{target.unit}, the unit of the target")
    entities = decided.choices("entities", known.entities)
    severity = decided.child("severity")
    severity.only("breached", "off_target")
    return Metric(
        metric_id=entry.path.rpartition(".")[2],
        section=section,
        domain=domain,
        description=entry.text("description"),
        target=target,
        threshold=threshold,
        collection=entry.parsed("collection", parse_cadence, "Daily"),
        aliases=decided.texts("aliases", ()),
        statistic=decided.text("statistic"),
        numerator=decided.text("numerator", "") or None,
        denominator=decided.text("denominator", "") or None,
        unit=unit,
        grains=_grains(decided),
        entities=entities,
        reach=_reach(decided),
        hold=decided.parsed("for", parse_hold, "1 evaluation"),
        severity_breached=severity.choice("breached", known.severities),
        severity_off_target=severity.choice("off_target", known.severities),
        owner=decided.text("owner"),
        stale_after=decided.parsed("stale_after", parse_limit, "1 day"),
        has_parts=decided.flag("has_parts"),
        subjects=read_subjects(decided, (target, threshold), known.severities),
        features=_features(decided),
        panels=_panels(decided, known.panels),
        recovers_at=read_recovery(decided, (target, threshold)),
        keep_firing_for=decided.parsed("keep_firing_for", parse_limit, "1 day")
        if "keep_firing_for" in decided.body
        else None,
        runbook=read_runbook(decided),
    )


def _grains(decided: Entry) -> tuple[str, ...]:
    grains = decided.choices("judged_on", GRAINS)
    if not grains and "judged_on" in decided.body:
        decided.fault("judged_on", "nothing", "at least one grain")
    return grains or ("day",)


def _reach(decided: Entry) -> tuple[Reach, ...]:
    """Read the reaches: several where a metric has windows of different kinds."""
    reaches = []
    for text in decided.texts("reach"):
        try:
            reaches.append(parse_reach(text))
        except BadQuantity as error:
            found, _, expected = str(error).partition("; expected ")
            decided.fault("reach", found, expected)
    return tuple(reaches)


def _features(decided: Entry) -> tuple[Feature, ...]:
    features: list[Feature] = []
    listed = decided.body.get("features", [])
    if not isinstance(listed, list):
        decided.fault("features", shown(listed), "a list")
        return ()
    for number, item in enumerate(listed):
        key = f"features[{number}]"
        body = item if isinstance(item, dict) else {}
        name, released_on = body.get("name"), body.get("released_on")
        if set(body) == {"name", "released_on"} and isinstance(released_on, date):
            features.append(Feature(str(name), released_on))
        else:
            decided.fault(key, shown(item), "{name: …, released_on: 2026-09-01}")
    return tuple(features)


def _panels(decided: Entry, known: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    panels = decided.child("panels")
    panels.only(*known)
    if not panels.body and "panels" in decided.body:
        decided.fault("panels", "nothing", f"a panel of one of {', '.join(known)}")
    return {
        dashboard: panels.choice(dashboard, known[dashboard])
        for dashboard in panels.body
        if dashboard in known
    }
