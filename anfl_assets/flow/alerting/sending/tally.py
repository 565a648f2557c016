"""What one delivery did, counted by its workers together."""

from __future__ import annotations

import threading
from dataclasses import dataclass


@dataclass(frozen=True)
class SendReport:
    """What one delivery did.

    `failed` will be tried again; `refused` are given up, with why in `problems`; `handed_over` are
    copies for the channel that stands in; `withdrawn` needed no saying any more. `busy` are
    channels whose worker had not come back when the delivery ended.
    """

    sent: int = 0
    failed: int = 0
    refused: int = 0
    handed_over: int = 0
    withdrawn: int = 0
    busy: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return it as a person reads it in Dagster."""
        counts = (
            (self.sent, "sent"),
            (self.failed, "to be tried again"),
            (self.refused, "refused"),
            (self.handed_over, "handed to another channel"),
            (self.withdrawn, "withdrawn"),
        )
        told = ", ".join(f"{count} {what}" for count, what in counts if count) or "nothing to send"
        busy = f"still sending to {', '.join(self.busy)}" if self.busy else ""
        return "; ".join(filter(None, (told, busy, *self.problems)))


class Tally:
    """Counts for several threads."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self._lock = threading.Lock()
        self._counts: dict[str, int] = {}
        self._problems: list[str] = []

    def sent(self, count: int) -> None:
        """Count messages a provider took."""
        self._count("sent", count)

    def failed(self) -> None:
        """Count one that is tried again."""
        self._count("failed", 1)

    def refused(self, why: str) -> None:
        """Count one that is given up."""
        self._count("refused", 1)
        self.problem(why)

    def handed_over(self) -> None:
        """Count one that another channel takes over."""
        self._count("handed_over", 1)

    def withdrawn(self, count: int) -> None:
        """Count what needs no saying any more."""
        self._count("withdrawn", count)

    def problem(self, what: str) -> None:
        """Note what a person must look at, once."""
        with self._lock:
            if what not in self._problems:
                self._problems.append(what)

    def report(self, busy: tuple[str, ...]) -> SendReport:
        """Return what was counted until now."""
        with self._lock:
            return SendReport(**self._counts, busy=busy, problems=tuple(self._problems))

    def _count(self, what: str, by: int) -> None:
        with self._lock:
            self._counts[what] = self._counts.get(what, 0) + by
