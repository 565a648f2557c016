"""The catalog says what the specification says, key for key and string for string, both ways."""

import os
import re
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest
import yaml

from anfl_assets.catalog.loader import FILES, FOLDER

ROOT = Path(__file__).parents[2]
DEFAULT = ROOT.parent / "shared" / "spec" / "241116_METRICS_TRACK_INT_v1.0_ANFL.md"
SPEC = Path(os.environ.get("ANFL_SPEC", DEFAULT))
BLOCKS = [(file, block) for file, blocks in FILES.items() for block in blocks]

pytestmark = pytest.mark.skipif(
    not SPEC.is_file(), reason="the specification is not here; set ANFL_SPEC to its file"
)


def _specified() -> dict[str, Any]:
    blocks = re.findall(
        r"^```yaml\n(.*?)^```", SPEC.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    return {key: value for block in blocks for key, value in yaml.safe_load(block).items()}


def _mirrored(file: str) -> dict[str, Any]:
    body: dict[str, Any] = _undecided(yaml.safe_load((FOLDER / file).read_text(encoding="utf-8")))
    return body


def _undecided(value: object) -> Any:  # noqa: ANN401  any YAML value
    """Leave out what the catalog adds, at every depth."""
    if isinstance(value, dict):
        return {key: _undecided(each) for key, each in value.items() if key != "decided"}
    return value


def _lines(value: object) -> list[str]:
    return yaml.safe_dump(value, sort_keys=False, width=100).splitlines()


@pytest.mark.parametrize(("file", "block"), BLOCKS)
def test_a_block_is_the_specifications_own(file: str, block: str) -> None:
    specified, mirrored = _specified()[block], _mirrored(file)[block]
    diff = unified_diff(_lines(specified), _lines(mirrored), "specification", file, lineterm="")
    assert specified == mirrored, "\n".join(diff)


def test_every_block_of_the_specification_is_mirrored_and_no_other() -> None:
    specified = set(_specified())
    mirrored = {key for file in FILES for key in _mirrored(file)}
    assert {"missing": specified - mirrored, "added": mirrored - specified} == {
        "missing": set(),
        "added": set(),
    }


def test_order_is_the_specifications_too() -> None:
    assert [block for _, block in BLOCKS] == list(_specified())
