"""One policy over one stretch of published history: reading it, and replaying."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from anfl_assets.alert.act import AcknowledgeAfter, Act
from anfl_assets.alert.replay import Replayed, replay
from anfl_assets.alert.tally import Tally, tally
from anfl_assets.flow.alerting.replaying.history import Judging, judged_history, own_targets
from anfl_assets.flow.alerting.replaying.what_if import WhatIf
from anfl_assets.report.published import Published


@dataclass(frozen=True)
class Rehearsed:
    """What a policy would have told, and what it took to find out."""

    replayed: Replayed
    tally: Tally
    window_count: int
    run_count: int
    seconds: float
    is_simulated: bool = False


def rehearse(
    published: Published,
    tried: WhatIf,
    *,
    start: datetime,
    end: datetime,
    acts: Sequence[Act | AcknowledgeAfter] = (),
    on_moment: Callable[[datetime], None] = lambda _: None,
) -> Rehearsed:
    """Replay a policy from `start` to `end` on the newest build's history."""
    began = time.perf_counter()
    known = own_targets(published, tried.in_force, tried.metric_ids) if tried.metric_ids else []
    judging = Judging(tried.catalog, tried.metric_ids, tried.merged(known))
    levels = {
        each.metric_id: each.recovers_at
        for each in tried.policy.watched.values()
        if each.recovers_at is not None
    }
    past = judged_history(published, judging, levels, start=start, end=end)
    found = replay(past, tried.policy, start=start, end=end, acts=acts, on_moment=on_moment)
    return Rehearsed(
        found,
        tally(found, start=start, end=end),
        past.window_count,
        past.run_count,
        time.perf_counter() - began,
        tried.policy.is_simulated,
    )
