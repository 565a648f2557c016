"""Targets and thresholds: do they fit each other, and what single subjects have of their own (§1).

A target and its threshold share unit, scale and growth; the threshold lies on the worse side, which
is what tells the direction. A subject's own pair must fit the metric's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from anfl_assets.catalog.entry import Entry
from anfl_assets.catalog.model import Metric, SubjectTarget, direction
from anfl_assets.catalog.quantity import Quantity, parse_quantity
from anfl_assets.errors import BadQuantity


def check_targets(entry: Entry, target: Quantity, threshold: Quantity) -> None:
    """Check that the threshold is the target's like, and lies on its worse side."""
    if threshold.operator:
        entry.fault("alert_threshold", repr(str(threshold)), "no operator: a breach is beyond it")
    kind = (target.unit, target.scale_max, target.growth)
    if (threshold.unit, threshold.scale_max, threshold.growth) != kind:
        like = f"the unit of the target {str(target)!r}"
        entry.fault("alert_threshold", repr(str(threshold)), like)
    elif threshold.value == target.value:
        expected = f"a value other than the target {str(target)!r}, to tell which way is better"
        entry.fault("alert_threshold", repr(str(threshold)), expected)
    elif target.operator and target.operator[0] != _better(target, threshold):
        expected = f"{_better(target, threshold)}, as the threshold is {str(threshold)!r}"
        entry.fault("target", repr(str(target)), expected)


def _better(target: Quantity, threshold: Quantity) -> str:
    return "<" if direction(target, threshold) == "lower_is_better" else ">"


def read_subjects(
    decided: Entry, whole: tuple[Quantity, Quantity], severities: Collection[str]
) -> dict[str, SubjectTarget]:
    """Read the targets, thresholds and severities that single subjects have of their own."""
    subjects: dict[str, SubjectTarget] = {}
    for subject, entry in decided.child("subjects", {}).children():
        entry.only("target", "alert_threshold", "severity")
        own = {
            key: entry.parsed(key, parse_quantity, "0%") if key in entry.body else None
            for key in ("target", "alert_threshold")
        }
        worse = entry.child("severity", {})
        worse.only("breached", "off_target")
        own_severity = {
            key: worse.choice(key, severities) if key in worse.body else None
            for key in ("breached", "off_target")
        }
        _check_subject(entry, whole, own)
        subjects[subject] = SubjectTarget(
            subject,
            own["target"],
            own["alert_threshold"],
            own_severity["breached"],
            own_severity["off_target"],
        )
    return subjects


def _check_subject(
    entry: Entry, whole: tuple[Quantity, Quantity], own: Mapping[str, Quantity | None]
) -> None:
    """Check a subject's pair as the metric's own is, and that it does not turn the direction."""
    target, threshold = own["target"] or whole[0], own["alert_threshold"] or whole[1]
    problem = subject_problem(whole, (target, threshold))
    if problem:
        found = f"{str(target)!r} against {str(threshold)!r}"
        entry.fault("target" if own["target"] else "alert_threshold", found, problem)


def subject_problem(whole: tuple[Quantity, Quantity], own: tuple[Quantity, Quantity]) -> str | None:
    """Say what is wrong with a subject's (target, threshold) beside the metric's, if anything."""
    kind = (whole[0].unit, whole[0].scale_max, whole[0].growth)
    if any((each.unit, each.scale_max, each.growth) != kind for each in own):
        return f"the unit of the metric's target {str(whole[0])!r}"
    if own[1].operator:
        return "a threshold without operator: a breach is beyond it"
    if own[0].value == own[1].value or direction(*own) != direction(*whole):
        return f"a target on the same side of its threshold as {str(whole[0])!r}"
    if own[0].operator and own[0].operator[0] != _better(*whole):
        return f"a target with {_better(*whole)}"
    return None


def parse_subject_target(
    metric: Metric, subject: str, *, target: str | None, threshold: str | None
) -> SubjectTarget:
    """Read a subject's own target and threshold, as an organisation writes them in its feeds file.

    Raises:
        BadQuantity: one cannot be read, or they do not fit the metric's unit or direction.
    """
    own_target = parse_quantity(target) if target is not None else None
    own_threshold = parse_quantity(threshold) if threshold is not None else None
    pair = (own_target or metric.target, own_threshold or metric.threshold)
    problem = subject_problem((metric.target, metric.threshold), pair)
    if problem:
        raise BadQuantity(f"{pair[0]} against {pair[1]} for {subject!r}; expected {problem}")
    return SubjectTarget(subject, own_target, own_threshold)
