"""Each operational measure of the catalog (§4.1) is computed somewhere, and nothing else is.

A measure is a model `int_operations__<measure>` whose rows `rpt_operational` takes, or it is read
from the ledger. A failure names what is missing on each side.
"""

from __future__ import annotations

from collections.abc import Mapping

from anfl_assets.catalog import load_catalog
from anfl_assets.flow.manifest import load_manifest
from anfl_assets.flow.plan import Model
from anfl_assets.report.operational import MODEL
from anfl_assets.report.process import MEASURE_ID

_PREFIX = "int_operations__"


def test_every_measure_has_a_model_or_is_read_from_the_ledger() -> None:
    measures = {
        each.measure_id for board in load_catalog().dashboards.values() for each in board.measures
    }
    [report] = [model for model in load_manifest().models() if model.name == MODEL]
    computed = {name.removeprefix(_PREFIX) for name in report.parents} | {MEASURE_ID}
    missing, unknown = sorted(measures - computed), sorted(computed - measures)
    assert (missing, unknown) == ([], []), f"no model for {missing}; no measure for {unknown}"


def test_a_measure_reads_the_tables_that_the_catalog_says() -> None:
    models = {model.name: model for model in load_manifest().models()}
    for board in load_catalog().dashboards.values():
        for measure in board.measures:
            if measure.measure_id == MEASURE_ID:
                assert not measure.entities
                continue
            assert _tables(models[_PREFIX + measure.measure_id].parents, models) == set(
                measure.entities
            ), measure.measure_id


def _tables(names: tuple[str, ...], models: Mapping[str, Model]) -> set[str]:
    """Raw tables that models are computed from, staging being one model for each."""
    found: set[str] = set()
    for name in names:
        if name.startswith("stg_"):
            found.add(name.rpartition("__")[2])
        elif name in models:
            found |= _tables(models[name].parents, models)
    return found
