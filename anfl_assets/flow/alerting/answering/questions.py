"""Asking why nobody was told: what was judged at a moment, and what had been decided by then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from anfl_assets.alert.explain_not import Answer
from anfl_assets.alert.policy import Policy
from anfl_assets.flow.alerting.answering.names import metric_ids
from anfl_assets.flow.alerting.explain import why_not
from anfl_assets.flow.alerting.judged import judged_at
from anfl_assets.flow.alerting.places import state_url
from anfl_assets.store.alerts.store import open_alerts
from anfl_assets.store.workspace import Workspace


@dataclass(frozen=True)
class Question:
    """A metric by name or alias, one subject or all, a moment; `is_now` asks the live path."""

    metric_name: str
    subject: str | None
    at: datetime
    is_now: bool


@dataclass(frozen=True)
class Replies:
    """One answer for each subject and grain; `source` says in words by what it was judged."""

    source: str
    answers: Sequence[Answer]


def asked(
    workspace: Workspace, environ: Mapping[str, str], policy: Policy, question: Question
) -> Replies:
    """Answer for each subject of the metrics meant why nobody was told by a moment.

    Raises:
        UnknownMetric: no metric has the name.
        WorkspaceError: the state of alerting cannot be read.
    """
    meant = metric_ids(question.metric_name, policy)
    judged = judged_at(workspace, question.at, is_now=question.is_now, environ=environ)
    with open_alerts(workspace, state_url(environ)) as store:
        answers = [
            answer
            for metric_id in meant
            for answer in why_not(
                store,
                policy,
                judged.readings,
                metric_id=metric_id,
                subject=question.subject,
                at=question.at,
            )
        ]
    return Replies(judged.source, answers)
