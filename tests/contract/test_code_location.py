"""One name for the code location, or the history of its runs falls apart."""

import tomllib
from pathlib import Path

import yaml

from anfl_assets.defs.launch import CODE_LOCATION

ROOT = Path(__file__).resolve().parents[2]


def test_workspace_project_file_and_launcher_name_the_same_location_and_module() -> None:
    [entry] = yaml.safe_load((ROOT / "workspace.yaml").read_text())["load_from"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["dg"]["project"]
    assert entry["python_module"]["location_name"] == CODE_LOCATION
    assert project["code_location_name"] == CODE_LOCATION
    assert entry["python_module"]["module_name"] == project["code_location_target_module"]


def test_the_entry_point_stays_a_few_lines() -> None:
    lines = (ROOT / "anfl_assets" / "definitions.py").read_text().splitlines()
    assert len(lines) <= 20
