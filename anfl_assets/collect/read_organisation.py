"""The `organisation` of a feeds file, written in place or in a file of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from anfl_assets.collect.columns.constants import as_time
from anfl_assets.collect.organisation import Feature, Maintenance, Organisation, Target
from anfl_assets.config.file import read_section
from anfl_assets.config.section import Section
from anfl_assets.errors import BadQuantity, FeedError, UnknownMetric

_KEYS = ("name", "currency", "is_simulated", "features", "maintenance", "targets")
_CURRENCY_LENGTH = 3


def read_organisation(feeds: Section, folder: Path) -> Organisation:
    """Return the organisation of a feeds file that lies in `folder`.

    Raises:
        FeedError: its own file cannot be read at all; other faults are noted in the section.

    """
    value = feeds.content.get("organisation")
    if isinstance(value, str):
        section: Section | None = read_section(folder / value, FeedError, feeds.faults)
    else:
        section = feeds.section("organisation")
    if section is None:
        return Organisation()
    section.only(_KEYS)
    return Organisation(
        name=section.text("name"),
        currency=_currency(section),
        is_simulated=section.flag("is_simulated", default=False),
        features=tuple(_features(section)),
        maintenance=tuple(_maintenance(section)),
        targets=tuple(_targets(section)),
    )


def _currency(section: Section) -> str | None:
    currency = section.text("currency")
    if currency is None:
        return None
    if len(currency) != _CURRENCY_LENGTH or not (currency.isalpha() and currency.isupper()):
        section.fault("currency", "an ISO 4217 code such as EUR")
    return currency


def _features(section: Section) -> Iterator[Feature]:
    for item in section.items("features"):
        item.only(("name", "released_on"))
        name, released = _required(item, "name"), as_time(item.content.get("released_on"))
        if released is None:
            item.fault("released_on", "a day such as 2026-09-01")
        elif name is not None:
            yield Feature(name, released.date())


def _maintenance(section: Section) -> Iterator[Maintenance]:
    for item in section.items("maintenance"):
        item.only(("component", "start_at", "end_at"))
        component = _required(item, "component")
        start, end = (as_time(item.content.get(name)) for name in ("start_at", "end_at"))
        for name, moment in (("start_at", start), ("end_at", end)):
            if moment is None:
                item.fault(name, "a time such as 2026-01-01T00:00:00Z")
        if start is None or end is None or component is None:
            continue
        if end <= start:
            item.fault("end_at", "a time after start_at")
            continue
        yield Maintenance(component, start, end)


def _targets(section: Section) -> Iterator[Target]:
    for item in section.items("targets"):
        item.only(("metric", "subject", "target", "alert_threshold"))
        metric, subject = _required(item, "metric"), item.text("subject") or "all"
        target, threshold = item.text("target"), item.text("alert_threshold")
        if target is None and threshold is None:
            item.fault("target", "a target, an alert_threshold, or both", "neither")
        elif metric is not None:
            _check_target(item, own := Target(metric, subject, target, threshold))
            yield own


def _check_target(item: Section, own: Target) -> None:
    """Note a metric nobody knows, and a target that does not fit the metric's."""
    from anfl_assets.catalog import load_catalog, parse_subject_target

    try:
        metric = load_catalog().metric(own.metric)
    except UnknownMetric as error:
        item.fault("metric", f"a metric of the catalog: {error}")
        return
    try:
        parse_subject_target(metric, own.subject, target=own.target, threshold=own.alert_threshold)
    except BadQuantity as error:
        name = "alert_threshold" if own.target is None else "target"
        item.fault(name, f"a quantity that fits {metric.metric_id}: {error}")


def _required(item: Section, name: str) -> str | None:
    value = item.text(name)
    if value is None and item.content.get(name) is None:
        item.fault(name, "a text", "nothing")
    return value
