"""From the entries of §3 and §5 to types: trends, correlations, forecasts, protocols, the cycle.

They name metrics by the specification's words (`latency`, `growth`); each is resolved here, and a
word that resolves to nothing is a fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import chain, product

from anfl_assets.catalog.duration import parse_cadence, parse_limit
from anfl_assets.catalog.entry import Entry, one_of
from anfl_assets.catalog.forms import read_forms
from anfl_assets.catalog.model import Metric, names, resolve
from anfl_assets.catalog.quantity import Operator, Quantity, parse_quantity
from anfl_assets.catalog.sections import (
    STATUSES,
    Action,
    Correlation,
    Forecast,
    Phase,
    Protocol,
    Trend,
    Trigger,
)
from anfl_assets.errors import BadQuantity

_TRIGGER = re.compile(r"(?P<word>[A-Za-z][A-Za-z _]*?)\s*(?P<comparison>[<>]=?.+)")
_PAIR = 2


def read_trends(document: Entry, metrics: Mapping[str, Metric]) -> dict[str, Trend]:
    """Read §3.1, trending."""
    trends: dict[str, Trend] = {}
    for name, entry in document.child("analysis_methods").child("trending").children():
        entry.only("window", "granularity", "metrics", "decided")
        words = entry.texts("metrics")
        trends[name] = Trend(
            name,
            entry.parsed("window", parse_limit, "1 day"),
            entry.parsed("granularity", parse_limit, "1 day"),
            words,
            tuple(dict.fromkeys(_flat(_resolved(entry, words, metrics)))),
        )
    return trends


def read_correlations(document: Entry, metrics: Mapping[str, Metric]) -> dict[str, Correlation]:
    """Read §3.1, correlation."""
    correlations: dict[str, Correlation] = {}
    for name, entry in document.child("analysis_methods").child("correlation").children():
        entry.only("metrics", "window", "decided")
        decided = entry.child("decided")
        decided.only("granularity", "max_lag")
        words = entry.texts("metrics")
        if len(words) != _PAIR:
            entry.fault("metrics", repr(list(words)), "two metrics")
            continue
        left, right = _resolved(entry, words, metrics)
        correlations[name] = Correlation(
            name=name,
            window=entry.parsed("window", parse_limit, "1 day"),
            granularity=decided.parsed("granularity", parse_limit, "1 day"),
            max_lag=decided.parsed("max_lag", parse_limit, "1 day"),
            metric_words=(words[0], words[1]),
            pairs=tuple(pair for pair in product(left, right) if pair[0] != pair[1]),
        )
    return correlations


def read_forecasts(document: Entry, metrics: Mapping[str, Metric]) -> dict[str, Forecast]:
    """Read §3.2."""
    forecasts: dict[str, Forecast] = {}
    for name, entry in document.child("predictive_models").children():
        entry.only("metrics", "horizon", "update_frequency", "decided")
        decided = entry.child("decided")
        decided.only("series")
        words = entry.texts("metrics")
        series = decided.child("series")
        series.only(*words)
        forecasts[name] = Forecast(
            name=name,
            horizon=entry.parsed("horizon", parse_limit, "1 day"),
            update_frequency=entry.parsed("update_frequency", parse_cadence, "Daily"),
            metric_words=words,
            metric_ids=tuple(dict.fromkeys(_flat(_resolved(entry, words, metrics)))),
            series={word: read_forms(series, word, resolve(metrics, word)) for word in words},
        )
    return forecasts


def read_protocols(document: Entry, metrics: Mapping[str, Metric]) -> dict[str, Protocol]:
    """Read §5.1."""
    protocols: dict[str, Protocol] = {}
    for name, entry in document.child("response_protocols").children():
        entry.only("trigger", "actions", "decided")
        decided = entry.child("decided")
        decided.only("metric", "fires_when", "bindings")
        actions = entry.texts("actions")
        bindings = decided.child("bindings")
        bindings.only(*actions)
        trigger = _trigger(entry, decided, metrics)
        protocols[name] = Protocol(
            name, trigger, tuple(_action(action, bindings.child(action)) for action in actions)
        )
    return protocols


def read_cycle(document: Entry) -> tuple[Phase, ...]:
    """Read §5.2."""
    cycle = document.child("optimization_cycle")
    recorded_as = cycle.child("decided").child("recorded_as")
    phases = {name: cycle.texts(name) for name in cycle.body if name != "decided"}
    recorded_as.only(*_flat(phases.values()))
    return tuple(
        Phase(name, {step: recorded_as.text(step) for step in steps})
        for name, steps in phases.items()
    )


def _trigger(entry: Entry, decided: Entry, metrics: Mapping[str, Metric]) -> Trigger:
    """Read `Latency > 100ms`; where its word names several metrics, `decided` says which one."""
    text = entry.text("trigger")
    word, comparison, quantity = _comparison(entry, text)
    candidates = tuple(metric.metric_id for metric in resolve(metrics, word))
    if word and not candidates:
        entry.fault("trigger", repr(word), one_of(word.lower(), names(metrics)))
    metric_id = decided.choice("metric", candidates or tuple(metrics))
    fires_when = decided.choice("fires_when", STATUSES)
    metric = metrics.get(metric_id)
    if word and metric and fires_when == "breached":
        beyond = ">" if metric.direction == "lower_is_better" else "<"
        if (comparison, quantity) != (beyond, metric.threshold):
            # The judge decides what breached means; a trigger that says otherwise never agrees.
            expected = f"'{beyond} {metric.threshold}', the breach of {metric_id}"
            entry.fault("trigger", repr(text), expected)
    return Trigger(text, metric_id, comparison, quantity, fires_when)


def _comparison(entry: Entry, text: str) -> tuple[str, Operator, Quantity]:
    match = _TRIGGER.fullmatch(text)
    nothing = Quantity(None, 0.0, parse_quantity("0%").unit)
    if match is None:
        if text:
            entry.fault("trigger", repr(text), "such as 'Latency > 100ms'")
        return "", ">", nothing
    try:
        compared = parse_quantity(match["comparison"])
    except BadQuantity as error:
        entry.fault("trigger", repr(text), str(error))
        return "", ">", nothing
    plain = match["comparison"].lstrip("<>=").strip()
    quantity = Quantity(
        None, compared.value, compared.unit, compared.scale_max, compared.growth, plain
    )
    return match["word"], compared.operator or ">", quantity


def _action(name: str, entry: Entry) -> Action:
    entry.only("owner", "done_by", "expects", "check_after")
    return Action(
        name=name,
        owner=entry.text("owner"),
        done_by=entry.text("done_by"),
        expects=entry.text("expects"),
        check_after=entry.parsed("check_after", parse_limit, "1 day"),
    )


def _resolved(
    entry: Entry, words: tuple[str, ...], metrics: Mapping[str, Metric]
) -> list[tuple[str, ...]]:
    """Resolve each word to metric ids; one that names none is a fault."""
    found = []
    for word in words:
        ids = tuple(metric.metric_id for metric in resolve(metrics, word))
        if not ids:
            entry.fault("metrics", repr(word), one_of(word, names(metrics)))
        found.append(ids)
    return found


def _flat(groups: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(chain.from_iterable(groups))
