"""The catalog may not import the frames (it must load without Polars); here both are compared."""

from anfl_assets import frames
from anfl_assets.catalog import load_catalog
from anfl_assets.catalog.sections import STORES


def test_sources_stores_and_tables_are_those_of_the_frames() -> None:
    declared = {
        (source.name, source.store, entity)
        for source in load_catalog().sources.values()
        for entity in source.entities
    }
    assert declared == {(table.source, table.store, table.entity) for table in frames.CANONICAL}
    assert STORES == frames.STORES
