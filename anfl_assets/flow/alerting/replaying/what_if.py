"""What if a target, a threshold or a hold were another: `inference_latency.alert_threshold=120ms`.

Nothing is changed anywhere: a catalog, subjects' own targets and a policy come out that a replay
uses beside those in force.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from anfl_assets.alert.policy import Policy, Watched
from anfl_assets.catalog import (
    Catalog,
    Metric,
    convert,
    parse_hold,
    parse_limit,
    parse_quantity,
    recovery_problem,
)
from anfl_assets.catalog.target_entry import subject_problem
from anfl_assets.errors import BadQuantity
from anfl_assets.flow.alerting.replaying.history import OwnTarget

_JUDGED = ("alert_threshold", "target")


@dataclass(frozen=True)
class WhatIf:
    """A catalog and a policy with some settings changed.

    `in_force` is the catalog before. `metric_ids` are to be judged again; `own` are the targets of
    single subjects that were asked for.
    """

    in_force: Catalog
    catalog: Catalog
    policy: Policy
    metric_ids: frozenset[str] = frozenset()
    own: tuple[OwnTarget, ...] = field(default=())

    def merged(self, known: Sequence[OwnTarget]) -> tuple[OwnTarget, ...]:
        """Return the own targets with those asked for in place of, or beside, the known."""
        found = {(each.metric_id, each.subject): each for each in known}
        for each in self.own:
            before = found.get((each.metric_id, each.subject), each)
            found[each.metric_id, each.subject] = OwnTarget(
                each.metric_id,
                each.subject,
                each.target_operator or before.target_operator,
                before.target_value if each.target_value is None else each.target_value,
                before.threshold_value if each.threshold_value is None else each.threshold_value,
            )
        return tuple(found.values())


def what_if(catalog: Catalog, policy: Policy, settings: Sequence[str]) -> WhatIf:
    """Read settings such as `latency.alert_threshold=120ms` or `latency.chat.target=<40ms`.

    Raises:
        BadQuantity: one cannot be read, or its value does not fit.
        UnknownMetric: no metric has the name, or an alias names several.
    """
    changed = WhatIf(catalog, catalog, policy)
    for text in settings:
        try:
            changed = _with(changed, text)
        except BadQuantity as error:
            raise BadQuantity(f"--set {text}: {error}") from error
    return changed


def _with(before: WhatIf, text: str) -> WhatIf:
    name, equals, value = text.partition("=")
    path, _, key = name.strip().rpartition(".")
    word, _, subject = path.partition(".")
    if not equals or not word or key not in (*_JUDGED, *_HELD):
        expected = f"METRIC[.SUBJECT].KEY=VALUE with KEY one of {', '.join((*_JUDGED, *_HELD))}"
        raise BadQuantity(f"expected {expected}")
    metric = before.catalog.metric(word)
    if key in _JUDGED and subject:
        return _own(before, metric, subject, **{key: value.strip()})
    if key in _JUDGED:
        return _judged(before, metric, key, value.strip())
    if subject:
        raise BadQuantity(f"{key} is the metric's; expected {word}.{key}=…")
    watched = _HELD[key](before.policy.watched[metric.metric_id], metric, value.strip())
    policy = replace(before.policy, watched={**before.policy.watched, metric.metric_id: watched})
    return replace(before, policy=policy)


def _judged(before: WhatIf, metric: Metric, key: str, value: str) -> WhatIf:
    quantity = parse_quantity(value)
    changed = (
        replace(metric, target=quantity) if key == "target" else replace(metric, threshold=quantity)
    )
    pair = (changed.target, changed.threshold)
    problem = subject_problem((metric.target, metric.threshold), pair)
    if problem:
        raise BadQuantity(f"target {pair[0]} against alert threshold {pair[1]}; expected {problem}")
    metrics = {**before.catalog.metrics, metric.metric_id: changed}
    return replace(
        before,
        catalog=replace(before.catalog, metrics=metrics),
        metric_ids=before.metric_ids | {metric.metric_id},
    )


def _own(
    before: WhatIf,
    metric: Metric,
    subject: str,
    *,
    target: str | None = None,
    alert_threshold: str | None = None,
) -> WhatIf:
    wanted = parse_quantity(target) if target else None
    threshold = parse_quantity(alert_threshold) if alert_threshold else None
    given = wanted or threshold or metric.target
    if (given.unit, given.scale_max, given.growth) != (
        metric.target.unit,
        metric.target.scale_max,
        metric.target.growth,
    ):
        raise BadQuantity(f"{given}; expected the unit of {metric.target}")
    if threshold is not None and threshold.operator:
        raise BadQuantity(f"{threshold}; expected no operator: a breach is beyond it")
    own = OwnTarget(
        metric.metric_id,
        subject,
        (wanted.operator or metric.operator_at_equality) if wanted else None,
        wanted.value if wanted else None,
        threshold.value if threshold else None,
    )
    return replace(
        before, own=(*before.own, own), metric_ids=before.metric_ids | {metric.metric_id}
    )


def _for(watched: Watched, _: Metric, value: str) -> Watched:
    return replace(watched, hold=parse_hold(value))


def _keep_firing_for(watched: Watched, _: Metric, value: str) -> Watched:
    return replace(watched, keep_firing_for=parse_limit(value).timedelta or timedelta())


def _recovers_at(watched: Watched, metric: Metric, value: str) -> Watched:
    level = parse_quantity(value)
    problem = recovery_problem((metric.target, metric.threshold), level)
    if problem:
        raise BadQuantity(f"{level}; expected {problem}")
    return replace(watched, recovers_at=convert(level.value, level.unit, metric.unit))


_HELD: dict[str, Callable[[Watched, Metric, str], Watched]] = {
    "for": _for,
    "recovers_at": _recovers_at,
    "keep_firing_for": _keep_firing_for,
}
