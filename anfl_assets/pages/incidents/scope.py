"""What a silence would hide, said before it does: nothing by that name, or nearly everything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from fnmatch import fnmatchcase

from anfl_assets.alert.policy import Policy
from anfl_assets.store.alerts.records import Condition, Match
from anfl_assets.wording.inert import one_line
from anfl_assets.wording.numbers import counted, span

# A silence that covers more than this part of what is watched, of several metrics, is very wide.
_WIDE = 0.5
_NAMED = 8
_Place = tuple[str, str]


@dataclass(frozen=True)
class Scope:
    """What a silence covers: known places (metric, subject) and what is wrong of them now."""

    covered: tuple[_Place, ...]
    known: tuple[_Place, ...]
    hidden: tuple[Condition, ...]
    of_ours: bool = False

    @property
    def text(self) -> str:
        """Say it: `3 of the 64 subjects that are watched, of 1 metric; 2 of them are wrong now`."""
        wrong = f"{len(self.hidden):,} of them are wrong now"
        if not self.known:
            return f"everything that is watched; {wrong}"
        metrics = len({metric_id for metric_id, _ in self.covered})
        of = f"{len(self.covered):,} of the {len(self.known):,} subjects that are watched"
        return f"{of}, of {counted(metrics, 'metric', 'metrics')}; {wrong}"


def scope(
    match: Match, policy: Policy, *, known: Sequence[_Place], hidden: Sequence[Condition]
) -> Scope:
    """Return what a silence covers of the known places, whatever severity they may have."""
    covered = tuple(place for place in known if _fits(match, place))
    places = {metric_id for metric_id, _ in known}
    ours = [each for each in policy.watched if each not in places]
    of_ours = any(match.metric is None or fnmatchcase(each, match.metric) for each in ours)
    return Scope(covered, tuple(known), tuple(hidden), of_ours)


def warning(match: Match, found: Scope, length: timedelta) -> str:
    """Say why a silence should be looked at twice; empty where it need not."""
    if found.known and not found.covered and not found.hidden and not found.of_ours:
        return f"Nothing that is watched is called so. {_spelled(match, found)}".strip()
    metrics = {metric_id for metric_id, _ in found.covered}
    part = len(found.covered) / len(found.known) if found.known else 0.0
    is_everything = match.subject in (None, "*") and match.metric in (None, "*")
    if (part > _WIDE and len(metrics) > 1) or is_everything:
        only = " ".join(each.replace("_", " ") for each in (match.severity, match.kind) if each)
        of = f"what is {only} of all it covers" if only else "all it covers"
        nobody = f"for {span(length)} nobody is told of {of}"
        return f"This is very wide: {nobody}: {found.text}."
    return ""


def _fits(match: Match, place: _Place) -> bool:
    metric_id, subject = place
    return (match.metric is None or fnmatchcase(metric_id, match.metric)) and (
        match.subject is None or fnmatchcase(subject, match.subject)
    )


def _spelled(match: Match, found: Scope) -> str:
    """Name the subjects there are of the metric that was meant."""
    subjects = sorted(
        {
            subject
            for metric_id, subject in found.known
            if match.metric is None or fnmatchcase(metric_id, match.metric)
        }
    )
    shown = ", ".join(one_line(each, 60) for each in subjects[:_NAMED])
    rest = f" and {len(subjects) - _NAMED:,} more" if len(subjects) > _NAMED else ""
    return f"There are: {shown}{rest}." if subjects else ""
