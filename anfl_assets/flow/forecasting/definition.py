"""What a daily series was computed by: the hash that tells one definition of a metric from another.

A changed definition computes the whole history again (`flow/changes.py`), so that the windows of
one build are of one definition and a series reaches back over every change; forecasts made before
it were of other numbers, and their hash says so.
"""

from __future__ import annotations

import hashlib
import json

from anfl_assets.catalog.model import Metric
from anfl_assets.report.lineage import lineage
from anfl_assets.report.published import Published


def definition_of(published: Published, metric: Metric, grain: str) -> str:
    """Return the SHA-256 of the SQL a build computed the metric by, its parents', unit and grain.

    Targets are not part of it: they change what is wanted, not what was measured.
    """
    compiled = published.build.compiled
    read = lineage(compiled, metric.model)
    sql = {name: compiled[name] for name in sorted({*read.staging, *read.intermediate})}
    text = json.dumps([sql, metric.unit.value, grain], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
