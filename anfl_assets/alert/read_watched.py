"""What alerts, metric by metric: the catalog's own ways and an organisation's on top of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from anfl_assets.alert.policy import Watched
from anfl_assets.alert.read_match import Names, metric_id
from anfl_assets.alert.read_value import parsed, span
from anfl_assets.catalog import (
    OWN,
    Metric,
    Quantity,
    Signal,
    convert,
    is_runbook,
    parse_hold,
    parse_quantity,
    recovery_problem,
)
from anfl_assets.catalog.alert_entries import RUNBOOK
from anfl_assets.config.section import Section, nearest
from anfl_assets.store.alerts.records import KINDS, Kind

_KEYS = ("for", "recovers_at", "keep_firing_for", "runbook", "severity", "owner", "subjects")


def read_watched(
    section: Section, names: Names, feeds: Mapping[str, frozenset[str]]
) -> dict[str, Watched]:
    """Return every metric of the catalog and every signal of our own, as it alerts here.

    A subject's own severity is kept beside the metric's; a breach's is also that of silence, which
    hides one.
    """
    catalog = names.catalog
    foretold = catalog.alert_rules.forecast.severity
    watched = {
        **{each.metric_id: _of_metric(each, feeds, foretold) for each in catalog.metrics.values()},
        **{each.signal_id: _of_signal(each) for each in catalog.alert_rules.own.values()},
    }
    own = section.section("metrics")
    written: dict[str, str] = {}
    for name in own.content if own else ():
        found = metric_id(own, name, name, names) if own else None
        inner = own.section(name) if own and found else None
        if own is None or found is None or inner is None:
            continue
        if found in written:
            own.fault(name, f"{found} once: it stands under {written[found]!r} too", repr(name))
            continue
        written[found] = name
        watched[found] = _changed(inner, watched[found], names)
    return watched


def _of_metric(metric: Metric, feeds: Mapping[str, frozenset[str]], foretold: str) -> Watched:
    kept = metric.keep_firing_for
    subjects: dict[tuple[str, Kind], str] = {}
    for own in metric.subjects.values():
        given: tuple[tuple[Kind, str | None], ...] = (
            ("breached", own.severity_breached),
            ("no_data", own.severity_breached),
            ("off_target", own.severity_off_target),
        )
        subjects |= {(own.subject, kind): name for kind, name in given if name}
    return Watched(
        metric_id=metric.metric_id,
        label=metric.metric_id.replace("_", " ").capitalize(),
        domain=metric.domain,
        owner=metric.owner,
        hold=metric.hold,
        severity={
            **_severity(metric.severity_breached, metric.severity_off_target),
            "forecast": foretold,
        },
        subject_severity=subjects,
        recovers_at=_level(metric.recovers_at, metric) if metric.recovers_at else None,
        keep_firing_for=(kept and kept.timedelta) or timedelta(),
        runbook=metric.runbook,
        feeds=feeds.get(metric.metric_id, frozenset()),
    )


def _of_signal(signal: Signal) -> Watched:
    worst = signal.severity_breached
    return Watched(
        metric_id=signal.signal_id,
        label=signal.label,
        domain=OWN,
        owner=signal.owner,
        hold=signal.hold,
        severity=_severity(worst, signal.severity_off_target or worst),
    )


def _severity(breached: str, off_target: str) -> dict[Kind, str]:
    return {"breached": breached, "no_data": breached, "off_target": off_target}


def _changed(section: Section, watched: Watched, names: Names) -> Watched:
    metric = names.catalog.metrics.get(watched.metric_id)
    section.only(_KEYS if metric else [key for key in _KEYS if key != "recovers_at"])
    recovers_at = _recovery(section, metric) if metric else None
    return replace(
        watched,
        hold=parsed(section, "for", parse_hold) or watched.hold,
        recovers_at=watched.recovers_at if recovers_at is None else recovers_at,
        keep_firing_for=span(section, "keep_firing_for", watched.keep_firing_for),
        runbook=_runbook(section) or watched.runbook,
        owner=section.text("owner") or watched.owner,
        severity={**watched.severity, **_severities(section, names)},
        subject_severity={**watched.subject_severity, **_subjects(section, names)},
    )


def _recovery(section: Section, metric: Metric) -> float | None:
    level = parsed(section, "recovers_at", parse_quantity)
    problem = level and recovery_problem((metric.target, metric.threshold), level)
    if problem:
        section.fault("recovers_at", problem)
    return None if level is None or problem else _level(level, metric)


def _level(level: Quantity, metric: Metric) -> float:
    return convert(level.value, level.unit, metric.unit)


def _runbook(section: Section) -> str | None:
    runbook = section.text("runbook")
    if runbook is not None and not is_runbook(runbook):
        section.fault("runbook", RUNBOOK)
    return runbook


def _subjects(section: Section, names: Names) -> dict[tuple[str, Kind], str]:
    found: dict[tuple[str, Kind], str] = {}
    subjects = section.section("subjects")
    for subject in subjects.content if subjects else ():
        inner = subjects.section(subject) if subjects else None
        if inner is None:
            continue
        inner.only(("severity",))
        found |= {(subject, kind): name for kind, name in _severities(inner, names).items()}
    return found


def _severities(section: Section, names: Names) -> dict[Kind, str]:
    """Read severities by kind; silence has a breach's where it has none of its own."""
    inner = section.section("severity")
    if inner is None:
        return {}
    inner.only(KINDS)
    found: dict[Kind, str] = {}
    for kind in KINDS:
        name = inner.text(kind)
        if name is None:
            continue
        if name not in names.severities:
            known = names.severities
            inner.fault(kind, f"one of {', '.join(known)}{nearest(name, known)}")
        found[kind] = name
    if "breached" in found:
        found.setdefault("no_data", found["breached"])
    return found
