"""Importing a module does nothing: no environment, no file written, no clock, no heavy library."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_IMPORT_ALL = """
import importlib, pkgutil, sys
sys.path.insert(0, sys.argv[1])
import anfl_assets
names = [m.name for m in pkgutil.walk_packages(anfl_assets.__path__, "anfl_assets.")]
paid_for = ("anfl_assets.def", "anfl_assets.flow.dbt_plugin")  # Dagster and dbt load these
light = [name for name in names if not name.startswith(paid_for)]
for name in light:
    importlib.import_module(name)
heavy = {"dagster", "dagster_dbt", "dbt", "great_expectations", "pandas", "prophet", "statsmodels"}
print("heavy:", sorted(heavy & set(sys.modules)))
for name in names:
    importlib.import_module(name)
print("imported:", len(names))
"""


def _imported(cwd: Path) -> list[str]:
    cwd.chmod(0o500)
    done = subprocess.run(
        [sys.executable, "-B", "-c", _IMPORT_ALL, str(ROOT)],
        cwd=cwd,
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_every_module_imports_with_an_empty_environment_in_a_folder_it_may_not_write(
    tmp_path: Path,
) -> None:
    said = _imported(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert int(said[1].removeprefix("imported: ")) > 50


def test_only_what_dagster_and_dbt_load_pays_for_a_heavy_library(tmp_path: Path) -> None:
    assert _imported(tmp_path)[0] == "heavy: []"
