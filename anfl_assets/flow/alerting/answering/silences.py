"""Telling nobody for a while: what is meant, making the silence, and ending it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from fnmatch import filter as matching

from anfl_assets.alert import by_hand
from anfl_assets.alert.matching import facts_of, matches
from anfl_assets.alert.policy import Policy
from anfl_assets.alert.route import with_severity
from anfl_assets.config.section import nearest
from anfl_assets.errors import UnknownIncident, UserError
from anfl_assets.flow.alerting.answering.names import metric_ids
from anfl_assets.store.alerts.records import KINDS, Condition, Match, Silence
from anfl_assets.store.alerts.store import AlertStore

LONGEST = timedelta(days=30)
_WILD = frozenset("*?[")
_MOST = 10_000


def match_of(
    policy: Policy,
    *,
    metric: str | None = None,
    subject: str | None = None,
    severity: str | None = None,
    kind: str | None = None,
) -> Match:
    """Return what a person means: a metric's name, alias or pattern, a pattern of subjects.

    Raises:
        UserError: nothing is named, or a name means nothing or several things.
    """
    if (metric, subject, severity, kind) == (None, None, None, None):
        raise UserError("say what is meant: a metric (* for all), a subject, a severity or a kind")
    return Match(
        metric=None if metric is None else _metric(metric, policy),
        subject=subject,
        severity=None if severity is None else _severity(severity, policy),
        kind=None if kind is None else _kind(kind),
    )


def make_silence(
    store: AlertStore,
    match: Match,
    policy: Policy,
    *,
    by: str,
    reason: str,
    span: timedelta,
    now: datetime,
) -> tuple[Silence, list[Condition]]:
    """Tell nobody of what matches from now on; return the silence and what it hides now."""
    with store.transaction() as transaction:
        state = transaction.state(now)
        number = transaction.next_silence_id()
        made = Silence(number, match, by, reason, now, now + span, now)
        transaction.keep(by_hand.silence(state, made, policy, now=now), now=now)
    return made, muted_by(match, state.conditions.values(), policy)


def end_silence(
    store: AlertStore, silence_id: int, policy: Policy, *, by: str, now: datetime
) -> datetime | None:
    """End a silence now: what it hid and still fires is told of at once.

    Returns when it had ended already; None where it has ended by this.

    Raises:
        UnknownIncident: there is no such silence.
    """
    try:
        with store.transaction() as transaction:
            state = transaction.state(now)
            outcome = by_hand.unsilence(state, silence_id, policy, by=by, now=now)
            transaction.keep(outcome, now=now)
    except UnknownIncident:
        # Of two who end it the second is told when the first did.
        ended = {each.silence_id: each.ends_at for each in store.all_silences(_MOST)}
        if silence_id not in ended:
            raise
        return ended[silence_id]
    return None


def muted_by(match: Match, conditions: Iterable[Condition], policy: Policy) -> list[Condition]:
    """Return what is wrong now and matches."""
    return [
        each
        for each in conditions
        if each.phase != "rest"
        and each.key.metric_id in policy.watched
        and matches(match, with_severity(facts_of(each.key, each.reading, policy), policy))
    ]


def _metric(name: str, policy: Policy) -> str:
    """Return the metric meant; a pattern must mean at least one."""
    if _WILD & set(name):
        if not matching(list(policy.watched), name):
            raise UserError(f"no metric matches {name!r}")
        return name
    found = metric_ids(name, policy)
    if len(found) > 1:
        raise UserError(f"{name!r} means {' and '.join(found)}: name one of them")
    return found[0]


def _severity(name: str, policy: Policy) -> str:
    known = list(policy.severities)
    if name not in known:
        raise UserError(f"no severity {name!r}; one of {', '.join(known)}{nearest(name, known)}")
    return name


def _kind(name: str) -> str:
    if name not in KINDS:
        raise UserError(f"nothing is wrong in the way {name!r}; expected one of {', '.join(KINDS)}")
    return name
