"""The dashboard of §4.2: nothing leaves this machine, the outbox row itself is the feed."""

from __future__ import annotations

from collections.abc import Mapping

from anfl_assets.deliver.channel import Receipt
from anfl_assets.deliver.identity import message_key
from anfl_assets.deliver.message import Message


class Dashboard:
    """Takes every message."""

    def send(
        self, message: Message, address: str, *, thread: Mapping[str, str], chart: bytes | None
    ) -> Receipt:
        """Say that it is there."""
        del thread, chart
        return Receipt(message_key(message, address), "shown")
