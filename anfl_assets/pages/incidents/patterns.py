"""Where a silence of an incident is made, with its form filled in.

A subject's name is a pattern that fits it alone, fit for a field of a form. Names come from
outside: what a field cannot hold, or a reader cannot see, is one `?`.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from anfl_assets.store.alerts.records import ConditionKey

_WILD = frozenset("*?[")
_LONGEST = 120


def pattern_of(subject: str) -> str:
    """Return the pattern; of a very long name its beginning and `*`."""
    parts = [_one(each) for each in subject[:_LONGEST]]
    rest = "*" if len(subject) > _LONGEST else ""
    return "".join(parts) + rest


def silence_address(incident_id: int | None, keys: Sequence[ConditionKey]) -> str:
    """Return the address for what is wrong: of one metric, and one subject, if so.

    Where all of it is only foretold, what may come true is told of in any case.
    """
    metrics = {key.metric_id for key in keys}
    subjects = {key.subject for key in keys}
    asked = {} if incident_id is None else {"incident": str(incident_id)}
    if len(metrics) == 1:
        asked["metric"] = metrics.pop()
    if len(subjects) == 1:
        asked["subject"] = pattern_of(subjects.pop())
    if {key.kind for key in keys} == {"forecast"}:
        asked["kind"] = "forecast"
    return f"/silences?{urlencode(asked, errors='replace')}#new"


def _one(character: str) -> str:
    if character in _WILD:
        return f"[{character}]"
    return character if character.isprintable() else "?"
