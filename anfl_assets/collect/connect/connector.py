"""What every connector can do, and what one pull brings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from anfl_assets.collect.batch import Batch
from anfl_assets.errors import SourceError
from anfl_assets.store.workspace import Workspace


@dataclass(frozen=True)
class Pulled:
    """What one pull brought, and where the next one goes on.

    `cursor` is JSON text that only the connector understands; it is kept with the rows, so a pull
    that was not kept is asked for again. `complete_to` is the moment up to which the source has now
    told everything; None where it cannot say. `has_more` asks to be called again at once.
    `warnings` are what a person may want to know though the rows are good, fit to be shown.
    """

    batch: Batch
    cursor: str
    complete_to: datetime | None
    has_more: bool = False
    warnings: tuple[str, ...] = ()


class Pull(Protocol):
    """An open connection to a source; used by one thread at a time."""

    def pull(self, cursor: str | None, *, now: datetime) -> Pulled:
        """Ask for what is new since `cursor`; None asks from the beginning as the feed says.

        Raises:
            SourceUnavailable: down, too slow or in trouble; asked again later.
            SourceError: the answer or the configuration cannot be used; a person must look.

        """
        ...

    def close(self) -> None:
        """Give the connection back."""
        ...


class Connector(Protocol):
    """How to reach a source: a frozen value read from YAML. Its `repr` shows no secret."""

    @property
    def address(self) -> str:
        """What it asks, in words fit to be shown: no user, password or token."""
        ...

    @property
    def is_momentary(self) -> bool:
        """Whether only a collector asks it: samples of a moment, or what a run itself adds to."""
        ...

    @property
    def key(self) -> tuple[str, ...]:
        """The source columns that tell its rows apart where the feed states no `key`.

        Nothing unless the connector says so: a class that names this one as its base inherits that.
        """
        return ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Canonical columns its rows have under those names: a feed may leave `columns` out.

        Nothing, as for `key`, where its rows are not known before they are asked for.
        """
        return ()

    def open(self, workspace: Workspace, needed: tuple[str, ...]) -> Pull:
        """Open it; `needed` are the source columns that the feed's shape and columns read.

        Raises:
            SourceUnavailable: as `Pull.pull`.
            SourceError: as `Pull.pull`.

        """
        ...


def require_read(needed: Sequence[str], there: Sequence[str], address: str) -> None:
    """Check that the columns a feed needs are among those that its connector reads.

    Raises:
        SourceError: one is not; it names those that are there.

    """
    missing = [name for name in needed if name not in there]
    if missing:
        msg = f"{address}: nothing is read as {', '.join(missing)}; there are {', '.join(there)}"
        raise SourceError(msg)
