"""What is committed under dbt_project/ is what the catalog says."""

from pathlib import Path

from anfl_assets.catalog import load_catalog
from anfl_assets.catalog.derived import drift

ROOT = Path(__file__).parents[2]


def test_derived_files_are_what_the_catalog_says() -> None:
    drifts = drift(ROOT, load_catalog())
    assert not drifts, "run `anfl catalog sync`\n" + "\n".join(each.diff for each in drifts)
