"""The specification as lines: leaves only, in its order, from the mirror or from its own text."""

from pathlib import Path

import pytest

from anfl_assets.errors import CatalogError
from anfl_assets.report.conform.lines import Line, read_catalog_lines, read_specification_lines

TEXT = """# Title

## 4. Reporting
### 4.2 Alert System
```yaml
alert_framework:
  critical:
    channels: ["SMS", "Email"]
    response_time: 5 minutes
    escalation: None
```

### 5.2 Improvement Process
```yaml
optimization_cycle:
  verification:
    - Documentation
```
"""


def _spec(folder: Path, text: str) -> Path:
    path = folder / "specification.md"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_leaf_of_the_text_is_a_line_of_its_section(tmp_path: Path) -> None:
    lines = read_specification_lines(_spec(tmp_path, TEXT))
    assert [(line.number, str(line)) for line in lines] == [
        ("4.2", "alert_framework.critical.channels: SMS"),
        ("4.2", "alert_framework.critical.channels: Email"),
        ("4.2", "alert_framework.critical.response_time: 5 minutes"),
        ("4.2", "alert_framework.critical.escalation: None"),
        ("5.2", "optimization_cycle.verification: Documentation"),
    ]
    assert lines[0].section == "4.2 Alert System"


def test_items_of_one_list_differ_by_text_and_a_scalar_by_its_place() -> None:
    path = ("alert_framework", "critical", "channels")
    assert Line("4.2 Alert System", path, "SMS", is_item=True).key == (*path, "SMS")
    assert Line("4.2 Alert System", path, "SMS").key == path


def test_the_catalog_gives_lines_without_what_it_adds() -> None:
    lines = [str(line) for line in read_catalog_lines()]
    assert lines[1] == "system_metrics.model_orchestration.inference_latency.target: <50ms"
    assert [line for line in lines if "decided" in line] == []
    assert "processing_pipeline.batch: Data archival" in lines


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("no block at all", "the file: found no YAML block", id="no block"),
        pytest.param("### 1.1 A\n```yaml\n- x\n```\n", "§1.1 A: found ['x']", id="a list"),
        pytest.param("### 1.1 A\n```yaml\na: [\n```\n", "expected a YAML mapping", id="no YAML"),
        pytest.param(
            "### 1.1 A\n```yaml\na: [x, x]\n```\n", "a: x: found it twice", id="one line twice"
        ),
    ],
)
def test_a_text_that_is_no_specification_is_explained(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(CatalogError) as caught:
        read_specification_lines(_spec(tmp_path, text))
    assert told in str(caught.value)
