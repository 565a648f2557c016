"""The catalog's seeds as typed rows, for an engine that dbt does not fill."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from anfl_assets.catalog.model import Catalog
from anfl_assets.catalog.seeds import (
    GRAIN_COLUMNS,
    METRIC_COLUMNS,
    TARGET_COLUMNS,
    grain_seed,
    metric_seed,
    target_seed,
)

Table = tuple[Mapping[str, str], list[list[str | None]]]


def seed_tables(catalog: Catalog) -> dict[str, Table]:
    """Return each seed's columns (name to SQL type) and rows, as text that casts to them."""
    return {
        "metric_catalog": _table(METRIC_COLUMNS, metric_seed(catalog)),
        "metric_grain_catalog": _table(GRAIN_COLUMNS, grain_seed(catalog)),
        "metric_target_catalog": _table(TARGET_COLUMNS, target_seed(catalog)),
    }


def _table(columns: Mapping[str, tuple[str, str]], text: str) -> Table:
    rows = list(csv.reader(io.StringIO(text)))[1:]
    types = {name: kind for name, (kind, _) in columns.items()}
    return types, [[cell or None for cell in row] for row in rows]
