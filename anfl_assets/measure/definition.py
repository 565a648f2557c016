"""The compiled models, and which of them a live evaluation needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from anfl_assets.catalog import Catalog

STATUS = "fct_metric_status"
OBSERVATION = "fct_metric_observation"
# Windows of these grains can end at any moment; the longer ones are the batch's.
GRAINS = ("5 minutes", "event")


@dataclass(frozen=True)
class Definition:
    """A model as dbt compiled it: `relation` is the quoted name its children read it by.

    `is_rollup` marks a published intermediate: of what is older than the live rows, the published
    rows are read.
    """

    name: str
    relation: str
    sql: str
    parents: tuple[str, ...]
    columns: tuple[str, ...] = ()
    is_rollup: bool = False


@dataclass(frozen=True)
class LiveModels:
    """What one evaluation runs, in this order, and the metrics that come out."""

    parents: tuple[Definition, ...]
    metrics: tuple[Definition, ...]
    status: Definition
    entities: tuple[str, ...]

    @property
    def service_rollups(self) -> tuple[str, ...]:
        """Rollups that tell feeds and services apart: they hold what is older than live rows."""
        return tuple(
            model.name
            for model in self.parents
            if model.is_rollup and {"feed", "service"} <= set(model.columns)
        )


def live_models(definitions: Sequence[Definition], catalog: Catalog) -> LiveModels:
    """Choose the metrics that are judged on a live grain, and all that they are computed from."""
    by_name = {each.name: each for each in definitions}
    judged = [metric for metric in catalog.metrics.values() if set(metric.grains) & set(GRAINS)]
    metrics = [by_name[metric.model] for metric in judged]
    names = {metric.name for metric in metrics}
    needed = _ancestors(metrics, by_name) - names
    return LiveModels(
        parents=tuple(each for each in definitions if each.name in needed),
        metrics=tuple(metrics),
        status=by_name[STATUS],
        entities=tuple(dict.fromkeys(name for metric in judged for name in metric.entities)),
    )


def _ancestors(wanted: Iterable[Definition], by_name: dict[str, Definition]) -> set[str]:
    found: set[str] = set()
    rest = list(wanted)
    while rest:
        for parent in rest.pop().parents:
            if parent in by_name and parent not in found:
                found.add(parent)
                rest.append(by_name[parent])
    return found
