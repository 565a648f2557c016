"""How delivering fares, as readings: a channel that takes nothing alerts over the others."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from anfl_assets.alert.pipeline import step
from anfl_assets.flow.alerting.sending.canary import Proof, last_canary
from anfl_assets.flow.alerting.settings import Settings
from anfl_assets.store.alerts.queue import ChannelTrouble
from anfl_assets.store.alerts.receipts import ChannelState
from anfl_assets.store.alerts.records import Reading
from anfl_assets.store.alerts.store import AlertStore
from anfl_assets.wording.numbers import counted, moment, span

DELIVERY = "delivery"
# What is due and does not go out for so long is stuck.
STUCK_AFTER = timedelta(minutes=10)
# Judged again though nothing changed, so that what stands is not taken for gone.
_AGAIN_AFTER = timedelta(minutes=10)


def delivery_readings(channels: Iterable[str], store: AlertStore, now: datetime) -> list[Reading]:
    """Return how each channel fares at a moment.

    Breached: it refused what it was given last, or something due did not go out for ten minutes, or
    its daily proof has no receipt. What waited while nobody sent says nothing of a channel, until a
    sender was at it for as long.
    """
    troubles, proofs, states = store.troubles(now), last_canary(store), store.channel_states()
    begins = _has_just_begun(store, now)
    return [
        _reading(
            name,
            _causes(troubles.get(name), states.get(name), proofs.get(name), now),
            now,
            can_tell=not begins or (name in troubles and troubles[name].refused > 0),
        )
        for name in sorted(channels)
    ]


def judge_delivery(settings: Settings, store: AlertStore, now: datetime) -> None:
    """Judge how each channel fares, and keep what follows.

    Only where that is another than at the last time in this process: a step reads the whole state.
    """
    readings = delivery_readings(settings.channels.openings, store, now)
    if not _LAST.is_news(str(store.engine.url), readings, now):
        return
    with store.transaction() as transaction:
        state = transaction.state(now)
        outcome = step(state, readings, settings.policy, evaluator=DELIVERY, now=now)
        transaction.keep(outcome, now=now)


def _has_just_begun(store: AlertStore, now: datetime) -> bool:
    """Return whether sending itself began only lately, after a pause."""
    stretch = store.evaluated_at(DELIVERY, now)
    return stretch is not None and now - stretch.first_at < STUCK_AFTER


def _reading(
    channel: str, told: Iterable[tuple[str, datetime]], now: datetime, *, can_tell: bool
) -> Reading:
    causes = dict(told)
    wrong = "breached" if can_tell else "insufficient"
    return Reading(
        metric_id=DELIVERY,
        subject=channel,
        grain="proof",
        status=wrong if causes else "on_target",
        value=float(len(causes)),
        unit="count",
        target=0.0,
        target_operator="<=",
        threshold=0.0,
        sample_count=1,
        since=min(causes.values(), default=None),
        window_start_at=None,
        window_end_at=now,
        judged_at=now,
        detail="; ".join(causes),
    )


def _causes(
    trouble: ChannelTrouble | None, state: ChannelState | None, proof: Proof | None, now: datetime
) -> Iterable[tuple[str, datetime]]:
    """Say what is wrong with a channel, and since when."""
    if trouble is not None and trouble.refused_at is not None:
        refused = counted(trouble.refused, "message", "messages")
        yield f"it refused {refused}, the last with: {trouble.refused_why}", trouble.refused_at
    if trouble is not None and trouble.waits_since is not None:
        # A long queue that gets shorter is no trouble.
        last_ok_at = None if state is None else state.last_ok_at
        still = max(trouble.waits_since, last_ok_at or trouble.waits_since)
        if now - still >= STUCK_AFTER:
            yield f"nothing went out for {span(now - still)} though it was due", still
    if proof is not None and proof.is_missing(now):
        yield f"its proof of {moment(proof.due_at)} has no receipt", proof.due_at


@dataclass(frozen=True)
class _Judged:
    breached: frozenset[str]
    at: datetime


class _LastJudged:
    """What was judged last in this process, by outbox."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._judged: dict[str, _Judged] = {}

    def is_news(self, outbox: str, readings: Iterable[Reading], now: datetime) -> bool:
        """Return whether these are to be judged, and remember that they were."""
        breached = frozenset(each.subject for each in readings if each.status == "breached")
        with self._lock:
            last = self._judged.get(outbox)
            if last and last.breached == breached and now - last.at < _AGAIN_AFTER:
                return False
            self._judged[outbox] = _Judged(breached, now)
            return True


_LAST = _LastJudged()
