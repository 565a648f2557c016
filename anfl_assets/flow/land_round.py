"""One round of commits: what each feed has spooled, feed by feed, each under the folder's lock.

The lock is given back between feeds, so that a build or a run waits for one commit at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from anfl_assets.collect.organisation import Organisation
from anfl_assets.errors import LandingError, QualityError, WorkspaceError
from anfl_assets.flow.clock import Clock
from anfl_assets.flow.land_spool import land_segments
from anfl_assets.flow.landing import Place
from anfl_assets.flow.live_feed import LiveFeed
from anfl_assets.flow.recover import recover_staged
from anfl_assets.quality.expect import prepare
from anfl_assets.store import live_loads
from anfl_assets.store.ledger import Ledger
from anfl_assets.store.workspace import FolderHeld, Workspace


@dataclass
class Round:
    """What a round did: commits, rows received, and why some feeds' rows still wait.

    `is_held` says that another run holds the folder: nothing is wrong, the round comes again soon.
    """

    commits: int = 0
    received: int = 0
    is_held: bool = False
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Lander:
    """Where a collector lands, and as whom."""

    workspace: Workspace
    ledger: Ledger
    organisation: Organisation
    clock: Clock

    def land(self, feeds: Sequence[LiveFeed], *, wait_s: float = 0.0) -> Round:
        """Land the feeds' spools; one that cannot land is told and its rows wait."""
        done = Round()
        if not feeds:
            return done
        # Before any lock is held: it takes seconds the first time.
        prepare()
        try:
            for live in feeds:
                self._land_one(live, done, wait_s)
            live_loads.forget_passed(self.ledger, now=self.clock.now())
        except FolderHeld:
            done.is_held = True
        except WorkspaceError as error:
            done.problems.append(str(error))
        return done

    def _land_one(self, live: LiveFeed, done: Round, wait_s: float) -> None:
        with self.workspace.writing(wait_s=wait_s):
            now = self.clock.now()
            # Whatever another process left half done must be settled before the log grows past it.
            recover_staged(self.workspace, self.ledger, now=now)
            place = Place(self.workspace, self.ledger, self.organisation, now)
            try:
                loads = land_segments(place, live.feed, live.ended_segments())
            except (LandingError, QualityError) as error:
                done.problems.append(f"{live.feed.name}: {error}")
                return
        received = sum(load.received for load in loads)
        live.landed(received)
        done.commits += bool(received)
        done.received += received
