"""What every channel does: send one message to one address, and say how that ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from anfl_assets.deliver.message import Message
from anfl_assets.errors import AnflError


class DeliveryError(AnflError):
    """A message could not be handed over."""


class TryAgainLater(DeliveryError):
    """The provider is busy, broken or out of reach; not before `retry_after_s` where it says so."""

    recoverable = True

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        """Keep how long the provider wants to be left alone."""
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Refused(DeliveryError):
    """The provider will never take this message, or there is no address: a person must look."""


@dataclass(frozen=True)
class Receipt:
    """What the provider said when it took a message.

    `reference` is its own number for it; `thread` is what a later message of the same incident
    needs to edit it or to answer it (Slack's channel and ts, a mail's Message-ID).
    """

    reference: str
    detail: str = ""
    thread: Mapping[str, str] = field(default_factory=dict)


class Channel(Protocol):
    """A way to reach people, open for use by one thread."""

    def send(
        self, message: Message, address: str, *, thread: Mapping[str, str], chart: bytes | None
    ) -> Receipt:
        """Hand over one message; `chart` is a PNG, `thread` what earlier receipts of it said.

        Raises:
            TryAgainLater: it may go through later.
            Refused: it never will.
        """
        ...
