"""`/silences`: those that hold, that are to come and that have ended; and the form of a new one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from anfl_assets.alert.policy import Policy
from anfl_assets.flow.alerting.answering.silences import LONGEST, muted_by
from anfl_assets.flow.alerting.settings import policy_in_any_case
from anfl_assets.pages.site import Site
from anfl_assets.store.alerts.records import KINDS, Condition, Silence

SPANS = {
    "30m": ("30 minutes", timedelta(minutes=30)),
    "1h": ("1 hour", timedelta(hours=1)),
    "2h": ("2 hours", timedelta(hours=2)),
    "4h": ("4 hours", timedelta(hours=4)),
    "8h": ("8 hours", timedelta(hours=8)),
    "1d": ("1 day", timedelta(days=1)),
    "3d": ("3 days", timedelta(days=3)),
    "7d": ("7 days", timedelta(days=7)),
    "30d": ("30 days", LONGEST),
}
_USUAL = "2h"
_NEWEST = 1_000
_ENDED_SHOWN = 30


@dataclass(frozen=True)
class Draft:
    """A silence as its form has it; `problem` and `warning` are what is to be said of it.

    `sure` is what the form sends back to say that what it is warned of is meant.
    """

    metric: str = ""
    subject: str = ""
    severity: str = ""
    kind: str = ""
    span: str = _USUAL
    reason: str = ""
    problem: str = ""
    warning: str = ""
    sure: str = ""

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Draft:
        """Read what an address or a form gives."""
        span = given.get("span", _USUAL)
        return cls(
            metric=given.get("metric", "").strip(),
            subject=given.get("subject", ""),
            severity=given.get("severity", ""),
            kind=given.get("kind", ""),
            span=span if span in SPANS else _USUAL,
            reason=given.get("reason", ""),
        )

    @property
    def length(self) -> timedelta:
        """Return how long it is to hold."""
        return SPANS[self.span][1]


@dataclass(frozen=True)
class Row:
    """A silence; `hides` is how many that are wrong now, None where it does not hold."""

    silence: Silence
    hides: int | None = field(default=None)


def content(site: Site, draft: Draft, now: datetime) -> Mapping[str, Any]:
    """Return the silences, newest first, and what the form begins with.

    Raises:
        WorkspaceError: the state of alerting cannot be read.
    """
    policy, problem = policy_in_any_case(site.workspace, site.environ)
    store = site.alerts()
    silences, conditions = store.all_silences(_NEWEST), store.conditions()
    ended = [each for each in silences if each.ends_at <= now]
    return {
        "draft": draft,
        "holding": _holding(silences, conditions, policy, now),
        "coming": [Row(each) for each in silences if each.starts_at > now and each not in ended],
        "ended": [Row(each) for each in ended[:_ENDED_SHOWN]],
        "ended_count": len(ended),
        "policy_problem": problem,
        "spans": {name: text for name, (text, _) in SPANS.items()},
        "severities": list(policy.severities),
        "kinds": KINDS,
        "metrics": list(policy.watched),
    }


def _holding(
    silences: Sequence[Silence],
    conditions: Sequence[Condition],
    policy: Policy,
    now: datetime,
) -> list[Row]:
    return [
        Row(each, len(muted_by(each.match, conditions, policy)))
        for each in silences
        if each.starts_at <= now < each.ends_at
    ]
