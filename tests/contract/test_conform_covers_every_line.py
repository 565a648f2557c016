"""`anfl conform` has one row for every leaf of the specification, and notices what is gone."""

import os
import re
import shutil
from pathlib import Path

import pytest
import yaml

from anfl_assets.catalog.loader import FILES, FOLDER, load_catalog
from anfl_assets.report.conform.audit import Row, audit
from anfl_assets.report.conform.evidence import Evidence
from anfl_assets.report.conform.lines import (
    SECTIONS,
    read_catalog_lines,
    read_specification_lines,
)
from anfl_assets.report.conform.registry import CHECKS, fits

ROOT = Path(__file__).parents[2]
DEFAULT = ROOT.parent / "shared" / "spec" / "241116_METRICS_TRACK_INT_v1.0_ANFL.md"
SPEC = Path(os.environ.get("ANFL_SPEC", DEFAULT))

with_the_text = pytest.mark.skipif(
    not SPEC.is_file(), reason="the specification is not here; set ANFL_SPEC to its file"
)


def _leaves(body: object, path: str = "") -> list[str]:
    """Flatten a block by other means than the code does: one text for each leaf."""
    if isinstance(body, dict):
        return [
            leaf
            for key, value in body.items()
            for leaf in _leaves(value, f"{path}.{key}" if path else key)
        ]
    return [f"{path}: {each}" for each in (body if isinstance(body, list) else [body])]


def _changed(tmp_path: Path, file: str, change: tuple[str, str]) -> list[Row]:
    """Audit a copy of the catalog, one text of it changed, against the specification."""
    for name in FILES:
        shutil.copy(FOLDER / name, tmp_path / name)
    text = (tmp_path / file).read_text(encoding="utf-8")
    assert change[0] in text
    (tmp_path / file).write_text(text.replace(*change, 1), encoding="utf-8")
    return audit(
        read_catalog_lines(tmp_path),
        Evidence(load_catalog(tmp_path)),
        specified=read_specification_lines(SPEC),
    )


@with_the_text
def test_every_leaf_of_the_specification_is_exactly_one_row() -> None:
    blocks = re.findall(
        r"^```yaml\n(.*?)^```", SPEC.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    leaves = [leaf for block in blocks for leaf in _leaves(yaml.safe_load(block))]
    lines = read_catalog_lines()
    rows = audit(lines, Evidence(load_catalog()), specified=read_specification_lines(SPEC))
    assert [str(row.line) for row in rows] == leaves
    assert [str(line) for line in lines] == leaves


@with_the_text
def test_sections_are_those_of_the_specification() -> None:
    found = {line.path[0]: line.section for line in read_specification_lines(SPEC)}
    assert found == dict(SECTIONS)


@with_the_text
def test_a_channel_taken_from_the_catalog_is_one_row_missing(tmp_path: Path) -> None:
    rows = _changed(tmp_path, "alerts.yaml", ('"PagerDuty", "SMS",', '"PagerDuty",'))
    differing = [row for row in rows if row.finding.configuration.startswith("found")]
    assert [
        (str(row.line), row.finding.status, row.finding.configuration) for row in differing
    ] == [("alert_framework.critical.channels: SMS", "missing", "found nothing; expected 'SMS'")]


@with_the_text
def test_a_threshold_changed_in_the_catalog_is_one_row_drifted(tmp_path: Path) -> None:
    change = ('alert_threshold: "500 req/s"', 'alert_threshold: "400 req/s"')
    rows = _changed(tmp_path, "metrics.yaml", change)
    differing = [row for row in rows if row.finding.configuration.startswith("found")]
    assert [
        (str(row.line), row.finding.status, row.finding.configuration) for row in differing
    ] == [
        (
            "system_metrics.model_orchestration.throughput.alert_threshold: 500 req/s",
            "drifted",
            "found '400 req/s'; expected '500 req/s'",
        )
    ]


def test_every_line_has_a_check_and_every_check_a_line() -> None:
    lines = read_catalog_lines()
    first = {
        str(line): next((pattern for pattern, _ in CHECKS if fits(pattern, line)), None)
        for line in lines
    }
    assert {
        "lines without a check": [line for line, pattern in first.items() if pattern is None],
        "checks without a line": [p for p, _ in CHECKS if p not in first.values()],
    } == {"lines without a check": [], "checks without a line": []}


def test_nothing_is_ok_where_nothing_has_run() -> None:
    rows = audit(read_catalog_lines(), Evidence(load_catalog()))
    assert [str(row.line) for row in rows if row.finding.status == "ok"] == []
