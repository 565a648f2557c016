"""The files that follow from the catalog: which they are, whether they drifted, writing them.

They are committed, so that dbt and a reader need no step before; a contract test holds them to the
catalog.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from anfl_assets.catalog.dbt_models import models_yaml, observations_sql, seeds_yaml
from anfl_assets.catalog.model import Catalog
from anfl_assets.catalog.seeds import grain_seed, metric_seed, target_seed
from anfl_assets.errors import Fault


@dataclass(frozen=True)
class Drift:
    """A derived file that is not what the catalog says; `found` is None where it is missing."""

    path: str
    found: str | None
    expected: str

    @property
    def diff(self) -> str:
        """The difference, from what is committed to what it should be."""
        committed, derived = (self.found or "").splitlines(), self.expected.splitlines()
        lines = unified_diff(committed, derived, "committed", "derived", n=0, lineterm="")
        return "\n".join(lines)

    @property
    def fault(self) -> Fault:
        """The drift as a fault of the file."""
        changed = sum(line[0] in "+-" for line in self.diff.splitlines()[2:])
        found = "no such file" if self.found is None else f"{changed} other lines"
        return Fault(self.path, "the file", found, "what `anfl catalog sync` writes")


def derived_files(catalog: Catalog) -> dict[str, str]:
    """Return each derived file's text under its path relative to the project's root."""
    return {
        "dbt_project/seeds/metric_catalog.csv": metric_seed(catalog),
        "dbt_project/seeds/metric_grain_catalog.csv": grain_seed(catalog),
        "dbt_project/seeds/metric_target_catalog.csv": target_seed(catalog),
        "dbt_project/seeds/_catalog__seeds.yml": seeds_yaml(),
        "dbt_project/models/intermediate/int_metric_observations.sql": observations_sql(catalog),
        "dbt_project/models/intermediate/_int_metrics__models.yml": models_yaml(catalog),
    }


def drift(project_root: Path, catalog: Catalog) -> list[Drift]:
    """Return every derived file that is missing or differs, in a fixed order."""
    drifts = []
    for path, expected in derived_files(catalog).items():
        file = project_root / path
        found = file.read_bytes().decode("utf-8", "replace") if file.is_file() else None
        if found != expected:
            drifts.append(Drift(path, found, expected))
    return drifts


def sync(project_root: Path, catalog: Catalog) -> list[str]:
    """Write every derived file that drifted and return their paths."""
    drifts = drift(project_root, catalog)
    for each in drifts:
        file = project_root / each.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(each.expected.encode("utf-8"))
    return [each.path for each in drifts]
