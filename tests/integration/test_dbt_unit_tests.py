"""The dbt unit tests of every model, run on an empty data folder: three rows in, literals out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from anfl_assets.catalog import load_catalog
from anfl_assets.collect.feed import Feeds
from anfl_assets.collect.organisation import Organisation
from anfl_assets.flow import dbt
from anfl_assets.flow.bind import BINDING_NAME, binding, meta_tables
from anfl_assets.flow.manifest import PROJECT_DIR, load_manifest
from anfl_assets.flow.plan import full_plan
from anfl_assets.store.workspace import open_workspace


@pytest.mark.slow
def test_every_model_gives_the_rows_its_unit_tests_write_down(tmp_path: Path) -> None:
    models = load_manifest().models()
    nobody = Feeds(Organisation(), (), tmp_path / "feeds.yaml")
    empty = binding(
        open_workspace(tmp_path / "data"),
        full_plan(models),
        models,
        versions={},
        meta=meta_tables(load_catalog(), nobody, []),
    )
    (tmp_path / BINDING_NAME).write_text(json.dumps(empty))
    tests = dbt.unit_test(PROJECT_DIR, tmp_path, on_event=lambda _: None)
    failed = [f"{test.name}: {test.message}" for test in tests if not test.is_ok]
    assert not failed, "\n\n".join(failed)
    assert len(tests) > 40
