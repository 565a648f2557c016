"""What patterns may speak of, and reading them: a pattern that can match nothing is a fault."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from fnmatch import fnmatchcase

from anfl_assets.catalog import GRAINS, OWN, Catalog
from anfl_assets.catalog.alerting import MATCHED
from anfl_assets.catalog.model import resolve
from anfl_assets.config.section import Section, nearest
from anfl_assets.store.alerts.records import KINDS, Match

_WILD = ("*", "?")


@dataclass(frozen=True)
class Names:
    """The names an organisation's file may use; subjects, owners and contacts are any word."""

    catalog: Catalog
    metrics: tuple[str, ...]
    domains: tuple[str, ...]
    severities: tuple[str, ...]
    channels: tuple[str, ...]
    grains: tuple[str, ...]

    def metric_ids(self, name: str) -> tuple[str, ...]:
        """Return the metrics or signals of that id, else the metrics of that alias."""
        if name in self.metrics:
            return (name,)
        return tuple(metric.metric_id for metric in resolve(self.catalog.metrics, name))


def names_of(catalog: Catalog, section: Section) -> Names:
    """Gather the names of the catalog, and the channels the file adds to it."""
    metrics, rules = catalog.metrics.values(), catalog.alert_rules
    channels = [channel for each in catalog.severities.values() for channel in each.channels]
    own = section.content.get("channels")
    return Names(
        catalog=catalog,
        metrics=(*catalog.metrics, *rules.own),
        domains=(*dict.fromkeys(metric.domain for metric in metrics), OWN),
        severities=tuple(catalog.severities),
        channels=tuple(dict.fromkeys([*channels, *(own if isinstance(own, dict) else ())])),
        grains=(
            *GRAINS,
            *catalog.forecasts,
            *dict.fromkeys(signal.grain for signal in rules.own.values()),
        ),
    )


def metric_id(section: Section, name: str, found: str, names: Names) -> str | None:
    """Return the one metric or signal that is called so; what is wrong is noted at `name`."""
    ids = names.metric_ids(found)
    if len(ids) == 1:
        return ids[0]
    if ids:
        section.fault(name, f"one of {', '.join(ids)}: the word names several", repr(found))
        return None
    known = (*names.metrics, *names.catalog.names)
    expected = f"one of {', '.join(names.metrics)}{nearest(found, known)}"
    section.fault(name, expected, repr(found))
    return None


def read_match(section: Section, name: str, names: Names) -> Match:
    """Read the patterns at `name`; an empty mapping is everything, an absent one a fault."""
    if section.content.get(name) is None:
        section.fault(name, "what is meant, such as {metric: uptime}; {} is everything")
    inner = section.section(name)
    if inner is None:
        return Match()
    inner.only(MATCHED)
    patterns = {key: _pattern(inner, key, names) for key in MATCHED if key in inner.content}
    return Match(**patterns)


def _pattern(section: Section, key: str, names: Names) -> str | None:
    text = section.text(key)
    if text is None or not text.strip() or any(sign in text for sign in "[]"):
        expected = "a name in which * stands for any characters and ? for one; no brackets"
        section.fault(key, expected)
        return None
    known = _known(key, names)
    if known is None:
        return text
    if any(sign in text for sign in _WILD):
        if not any(fnmatchcase(each, text) for each in known):
            section.fault(key, f"a pattern that fits one of {', '.join(known)}")
        return text
    if key == "metric":
        return metric_id(section, key, text, names)
    if text not in known:
        section.fault(key, f"one of {', '.join(known)}{nearest(text, known)}")
    return text


def _known(key: str, names: Names) -> Collection[str] | None:
    return {
        "metric": names.metrics,
        "domain": names.domains,
        "severity": names.severities,
        "kind": KINDS,
        "grain": names.grains,
    }.get(key)
