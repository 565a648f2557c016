"""Good and refused rows share a frame and come apart again as they were."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from anfl_assets.collect.collected import REJECTS, rows_schema
from anfl_assets.flow.spooled import good_rows, refused_rows, spooled, spooled_schema
from anfl_assets.frames import TABLES
from anfl_assets.store.spool import Note, SpoolWriter, read_segment

_NOTE = Note("{}", datetime(2026, 1, 1, tzinfo=UTC), None)
_PROBE = {
    "observed_at": datetime(2026, 1, 1, tzinfo=UTC),
    "component": "web",
    "is_up": True,
    "response_ms": None,
    "line": 1,
    "row_key": None,
}


def test_what_is_put_together_comes_apart_as_it_was() -> None:
    rows = pl.DataFrame([_PROBE], schema=rows_schema("probes"))
    refused = pl.DataFrame([(2, "a", "because", "{}")], schema=REJECTS, orient="row")
    both = spooled("probes", rows, refused)
    assert both.schema == spooled_schema("probes")
    assert good_rows(both, "probes").equals(rows)
    assert refused_rows(both).equals(refused)


@pytest.mark.parametrize("entity", TABLES)
def test_every_table_survives_the_disk(entity: str, tmp_path: Path) -> None:
    empty = pl.DataFrame(schema=rows_schema(entity))
    refused = pl.DataFrame([(2, "a", "because", "{}")], schema=REJECTS, orient="row")
    writer = SpoolWriter(tmp_path / "feed")
    writer.append(spooled(entity, empty, refused.clear()), _NOTE)
    writer.append(spooled(entity, empty, refused), _NOTE)
    writer.roll()
    (path,) = (tmp_path / "feed").iterdir()
    segment = read_segment(path)
    assert segment is not None
    assert good_rows(segment.rows, entity).schema == rows_schema(entity)
    assert refused_rows(segment.rows).equals(refused)
