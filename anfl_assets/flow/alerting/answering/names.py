"""Which metrics a name means to alerting: our own signals are metrics too."""

from __future__ import annotations

from anfl_assets.alert.policy import Policy
from anfl_assets.catalog import load_catalog


def metric_ids(name: str, policy: Policy) -> list[str]:
    """Return the metrics a name or alias means.

    Raises:
        UnknownMetric: none; the message names the nearest.
    """
    if name in policy.watched:
        return [name]
    return [metric.metric_id for metric in load_catalog().resolve(name)]
