"""What no longer needs to be said: of one incident and one person, only the newest message waits.

Pure. For a channel that has to be left alone, fails or is far behind: nobody reads ten old messages
after an outage, and none may overtake another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta

from anfl_assets.store.alerts.queue import Queued
from anfl_assets.store.alerts.records import Reason, Target

# A channel whose oldest due message has waited so long is far behind.
FAR_BEHIND = timedelta(seconds=60)
_OF_AN_INCIDENT: frozenset[Reason] = frozenset(
    (
        "first",
        "update",
        "repeat",
        "escalation",
        "reminder",
        "acknowledged",
        "flapping",
        "recovery",
    )
)
OVER = "it was over before this could be sent"
NOBODY_TOLD = "nobody was told that it had begun"


def superseded(queued: Iterable[Queued]) -> Mapping[int, str]:
    """Return why each message that a newer one makes needless is withdrawn, by its number.

    Where the first message and the recovery wait together and the first was never tried, both go:
    nobody heard of it. Once it was tried it may have arrived, so the recovery is still sent.
    """
    conversations: dict[tuple[int, Target], list[Queued]] = defaultdict(list)
    for each in queued:
        if each.incident_id is not None and each.reason in _OF_AN_INCIDENT:
            conversations[each.incident_id, each.target].append(each)
    needless: dict[int, str] = {}
    for messages in conversations.values():
        messages.sort(key=lambda each: each.notice_id)
        needless.update(_needless(messages[:-1], messages[-1]))
    return needless


def _needless(older: list[Queued], newest: Queued) -> dict[int, str]:
    if newest.reason != "recovery":
        why = f"a newer message ({newest.reason}) says more"
        return {each.notice_id: why for each in older}
    needless = {each.notice_id: OVER for each in older}
    if any(each.reason == "first" and not each.attempts for each in older):
        needless[newest.notice_id] = NOBODY_TOLD
    return needless
