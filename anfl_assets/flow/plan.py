"""The planner: which days of which model a build must compute, and which days it must see for that.

Changed days of the raw tables walk down the model graph along each edge's reach; what each model
computes walks back up as the days its parents must show. Pure: the graph and the days go in, a plan
comes out. Reading the graph from dbt's manifest is in `manifest.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from anfl_assets.catalog.reach import SAME_DAY, Reach

ALL: None = None
Days = frozenset[date] | None  # None stands for every day


@dataclass(frozen=True)
class Model:
    """A node of the graph as the planner sees it; `parents` are models or raw tables, by name."""

    name: str
    parents: tuple[str, ...]
    reach: Mapping[str, tuple[Reach, ...]]
    is_dated: bool = True
    is_published: bool = False
    is_whole: bool = False


@dataclass(frozen=True)
class ModelPlan:
    """What one model computes and which of its days the models below it look at."""

    computes: Days
    shows: Days


@dataclass(frozen=True)
class Plan:
    """The whole build: a plan for each model, and the days each raw table must show."""

    models: Mapping[str, ModelPlan]
    raw: Mapping[str, Days]


def full_plan(models: Iterable[Model]) -> Plan:
    """Compute everything."""
    ordered = list(models)
    names = {model.name for model in ordered}
    raw = {parent for model in ordered for parent in model.parents} - names
    everything = ModelPlan(ALL, ALL)
    return Plan(dict.fromkeys(names, everything), dict.fromkeys(raw, ALL))


def incremental_plan(
    models: Iterable[Model], changed: Mapping[str, set[date]], *, until: date
) -> Plan:
    """Compute what `changed` days of raw tables may change, no day after `until`.

    `models` come in topological order. A published model computes its changed days and has the rest
    in the lake; one that is not published computes every day a model below looks at.
    """
    ordered = list(models)
    dirty = _dirty(ordered, changed, until)
    shows: dict[str, Days] = {}
    plans: dict[str, ModelPlan] = {}
    for model in reversed(ordered):
        shown = shows.get(model.name, frozenset())
        computes = _computes(model, dirty[model.name], shown)
        plans[model.name] = ModelPlan(computes, _union(shown, computes))
        for parent in model.parents:
            needed = _needed(model, parent, computes)
            shows[parent] = _union(shows.get(parent, frozenset()), needed)
    return Plan(plans, {name: days for name, days in shows.items() if name not in plans})


def _dirty(
    models: list[Model], changed: Mapping[str, set[date]], until: date
) -> dict[str, frozenset[date]]:
    dirty = {name: frozenset(days) for name, days in changed.items()}
    for model in models:
        dirty[model.name] = frozenset(
            day
            for parent in model.parents
            for reach in model.reach.get(parent, (SAME_DAY,))
            for day in _carried(reach, dirty.get(parent, frozenset()), until)
        )
    return dirty


def _carried(reach: Reach, days: frozenset[date], until: date) -> set[date]:
    if reach.unit == "onward":
        return reach.changed(min(days), until) if days else set()
    return {found for day in days for found in reach.changed(day, until)}


def _computes(model: Model, dirty: frozenset[date], shown: Days) -> Days:
    if model.is_whole:
        return ALL
    return dirty if model.is_published else _union(dirty, shown)


def _needed(model: Model, parent: str, computes: Days) -> Days:
    if computes is ALL:
        return ALL
    reaches = model.reach.get(parent, (SAME_DAY,))
    return frozenset(found for reach in reaches for day in computes for found in reach.needed(day))


def _union(one: Days, other: Days) -> Days:
    return ALL if one is ALL or other is ALL else one | other
