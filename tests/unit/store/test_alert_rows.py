"""Rows of alerting's state that an earlier version kept."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from anfl_assets.store.alerts.rows import ReadingTexts, read_reading
from tests.unit.alert.world import START, reading


def test_a_reading_of_a_version_that_knew_less_is_still_read() -> None:
    kept = json.loads(ReadingTexts().of(reading("breached", START)))
    del kept["due_at"]
    assert read_reading(json.dumps(kept)) == reading("breached", START)
    due = datetime(2027, 1, 12, tzinfo=UTC)
    assert read_reading(json.dumps({**kept, "due_at": due.isoformat()})).due_at == due
