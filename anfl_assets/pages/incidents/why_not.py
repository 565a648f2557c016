"""`/incidents/why-not`: why nobody was told of a metric at a moment, subject by subject."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from anfl_assets.alert.explain_not import Answer
from anfl_assets.errors import UserError
from anfl_assets.flow.alerting.answering.questions import Question, asked
from anfl_assets.flow.alerting.settings import policy_in_any_case
from anfl_assets.pages.boards.routes import asked_moment
from anfl_assets.pages.incidents.names import shortened
from anfl_assets.pages.site import Site

_SHOWN = 200
OUTCOMES = {
    "told": "told",
    "waiting": "waiting",
    "undelivered": "not delivered",
    "held_back": "held back",
    "muted": "muted",
    "not_wrong": "not wrong",
    "shown_only": "shown only",
    "no_data": "no data",
    "never_seen": "never seen",
    "not_running": "not running",
    "not_watched": "not watched",
    "undecided": "undecided",
}


@dataclass(frozen=True)
class Asked:
    """What the form asks: a metric, a subject or all of them, a moment or now."""

    metric: str = ""
    subject: str = ""
    at: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Asked:
        """Read what an address asks."""
        return cls(query.get("metric", "").strip(), query.get("subject", ""), query.get("at", ""))


def content(site: Site, given: Asked, now: datetime) -> Mapping[str, Any]:
    """Return the answers; nothing asked is an empty form, and a mistake is said in it.

    Raises:
        WorkspaceError: the state of alerting cannot be read.
    """
    policy, _ = policy_in_any_case(site.workspace, site.environ)
    told: dict[str, Any] = {
        "asked": given,
        "metrics": list(policy.watched),
        "answers": None,
        "source": "",
        "at": now,
        "problem": "",
        "outcomes": OUTCOMES,
        "more": 0,
    }
    if not given.metric:
        return told
    try:
        at = asked_moment(given.at) if given.at else now
        question = Question(given.metric, given.subject or None, at, is_now=not given.at)
        found = asked(site.workspace, site.environ, policy, question)
    except UserError as error:
        return {**told, "problem": str(error)}
    return told | {
        "answers": [_readable(each) for each in found.answers[:_SHOWN]],
        "more": max(len(found.answers) - _SHOWN, 0),
        "source": found.source,
        "at": at,
    }


def _readable(answer: Answer) -> Answer:
    names = [answer.subject]
    return replace(answer, judged=shortened(answer.judged, names), why=shortened(answer.why, names))
