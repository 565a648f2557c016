"""One channel's worker: claim → send → commit, each message by itself, until nothing is due.

At least once: what was sent and not committed is taken again when its lease is over, and goes out
with the same keys. Once sent and committed it never goes out again.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from anfl_assets.deliver.channel import DeliveryError, Receipt, Refused, TryAgainLater
from anfl_assets.deliver.channels import Channels, Opening
from anfl_assets.deliver.message import Message, to_json
from anfl_assets.errors import AnflError
from anfl_assets.flow.alerting.sending.fallback import handed_over, next_channel
from anfl_assets.flow.alerting.sending.lanes import LEASE, Lane
from anfl_assets.flow.alerting.sending.outgoing import Parcel, parcel
from anfl_assets.flow.alerting.sending.pace import back_off, gives_up_at, left_alone, retry_at
from anfl_assets.flow.alerting.sending.tally import Tally
from anfl_assets.flow.crash import crash_point
from anfl_assets.store.alerts.outbox import Outgoing
from anfl_assets.store.alerts.store import AlertStore
from anfl_assets.wording.numbers import span

Clock = Callable[[], datetime]
_log = logging.getLogger(__name__)
# What may go wrong in a drawing.
_FAULTS = (
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)
# A channel that fails so often in a row is left alone for a while, whichever message it was.
_IS_DOWN = 3


@dataclass(frozen=True)
class Post:
    """What every worker of one delivery works with; `picture` draws what a channel may show."""

    store: AlertStore
    channels: Channels
    clock: Clock
    by: str
    picture: Callable[[Message], bytes | None]
    tally: Tally
    stop: threading.Event


def drain(post: Post, lane: Lane) -> None:
    """Send what is due on a channel; stop between two messages when asked to."""
    try:
        while not post.stop.wait(lane.wait_s()):
            rows = _claimed(post, lane.channel)
            if not rows:
                return
            lane.begin()
            _deliver(post, rows)
    except AnflError as error:
        # The outbox cannot be read or written: what is held comes back when its lease is over.
        _log.error("%s: %s", lane.channel, error)
        post.tally.problem(f"{lane.channel}: {error}")


def stand_in(post: Post, box: Parcel, why: str) -> None:
    """Hand a message to the channel that stands in for its own, once."""
    body = box.first.body if len(box.rows) == 1 else to_json(box.message)
    notice = box.notice(body)
    to = next_channel(notice, post.channels.fallback)
    if to is not None:
        now = post.clock()
        copy = handed_over(notice, to=to, why=why, now=now)
        post.store.add([copy], now=now, fallback_of=box.first.notice_id)
        post.tally.handed_over()


def _claimed(post: Post, channel: str) -> list[Outgoing]:
    now = post.clock()
    rows = post.store.claim(now, channel=channel, by=post.by, lease=LEASE, limit=1)
    if rows:
        return rows
    for target in post.store.due_digests(now):
        if target.channel == channel:
            return post.store.claim_digest(now, target=target, by=post.by, lease=LEASE)
    return []


def _deliver(post: Post, rows: list[Outgoing]) -> None:
    try:
        box = parcel(rows, now=post.clock())
    except (KeyError, TypeError, ValueError) as error:
        ids = (row.notice_id for row in rows)
        post.store.refused(*ids, error=f"its text cannot be read: {error}", at=post.clock())
        return
    crash_point("alerts_before_send")
    outcome: Receipt | DeliveryError = TryAgainLater("a fault of ours; the log says which")
    try:
        outcome = _send(post, box)
    except DeliveryError as error:
        outcome = error
    finally:
        # Whatever went wrong: the message must not stay held, nor stand in the way of others.
        crash_point("alerts_after_send")
        if isinstance(outcome, Receipt):
            _went_out(post, box, outcome)
        else:
            _went_wrong(post, box, outcome)
        crash_point("alerts_after_commit")


def _send(post: Post, box: Parcel) -> Receipt:
    """Hand a message over.

    Raises:
        TryAgainLater: it may go through later.
        Refused: it never will.
    """
    channel, recipient = box.target
    address = post.channels.address(recipient, channel)
    opening = post.channels.opening(channel)
    chart = _chart(post, box) if box.is_pictured and _shows(opening) else None
    thread = post.store.thread(box.first.incident_id, box.target)
    return opening.make().send(box.message, address, thread=thread, chart=chart)


def _chart(post: Post, box: Parcel) -> bytes | None:
    """Return the picture; that it cannot be made stops no message."""
    try:
        return post.picture(box.message)
    except (AnflError, *_FAULTS):
        _log.exception("no picture for %s", box.first.send_key)
        return None


def _shows(opening: Opening) -> bool:
    """Return whether a channel takes pictures: mail does, and Slack's bot; its webhook does not."""
    return opening.kind == "smtp" or (opening.kind == "slack" and opening.follows)


def _went_out(post: Post, box: Parcel, receipt: Receipt) -> None:
    post.store.sent(
        *box.ids,
        reference=receipt.reference,
        at=post.clock(),
        detail=receipt.detail,
        thread=receipt.thread,
    )
    post.tally.sent(len(box.rows))


def _went_wrong(post: Post, box: Parcel, error: DeliveryError) -> None:
    now = post.clock()
    if isinstance(error, TryAgainLater):
        next_at = _next_try(post, box, error, now)
        if next_at < gives_up_at(box.due_at, severity=box.severity):
            post.store.failed(*box.ids, error=str(error), next_at=next_at, at=now)
            post.tally.failed()
            return
        tries = "1 try" if box.attempts == 1 else f"{box.attempts} tries"
        error = Refused(f"gave up after {span(now - box.due_at)} and {tries}: {error}")
    # The copy first: whoever dies in between is refused once more and hands over the same copy.
    stand_in(post, box, str(error))
    post.store.refused(*box.ids, error=str(error), at=now)
    post.tally.refused(f"{box.target.channel}: {error}")


def _next_try(post: Post, box: Parcel, error: TryAgainLater, now: datetime) -> datetime:
    """Return when to try again; the channel rests until then where it is its own trouble."""
    channel = box.target.channel
    state = post.store.channel_states().get(channel)
    failures = 1 + (0 if state is None else state.consecutive_failures)
    rest = left_alone(error.retry_after_s)
    if failures >= _IS_DOWN:
        rest = max(rest, back_off(channel, failures - _IS_DOWN + 1, severity="critical"))
    paused_until = None if state is None else state.paused_until
    if rest > timedelta() and (paused_until is None or paused_until < now + rest):
        post.store.pause(channel, now + rest, str(error))
    return retry_at(
        box.first.send_key,
        box.attempts,
        severity=box.severity,
        now=now,
        retry_after_s=error.retry_after_s,
    )
