"""A thirteenth metric is one YAML entry, one SQL file and one unit test: nothing else is touched.

Played on a copy of the project: the metric must then be in the status, the assets and the checks.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
PARTS = ("anfl_assets", "dbt_project", "examples", "expectations", "pyproject.toml", "README.md")
MODEL = "int_quality__answer_quality"
ENTRY = """
  quality:
    answer_quality:
      description: "Requests answered without a server's fault"
      target: ">95%"
      alert_threshold: "90%"
      collection: "Daily"
      decided:
        statistic: "Requests with a status below 500 by all requests of a day"
        numerator: "requests answered (count)"
        denominator: "requests (count)"
        unit: "%"
        judged_on: [day]
        entities: [accesses]
        reach: [0 days]
        for: 1 evaluation
        severity: {breached: warning, off_target: information}
        owner: ml_platform
        stale_after: 2 days
        has_parts: false
        panels: {executive: Key performance indicators}
"""
SQL = """-- Requests answered without a server's fault, by day.
with days as (
    select date, count(*) as request_count, count(*) filter (status_code < 500) as answered_count
    from {{ ref('stg_system_logs__accesses') }}
    group by date
)

select
    'answer_quality' as metric_id,
    'all' as subject,
    'day' as grain,
    {{ midnight('date') }} as window_start_at,
    {{ midnight('date + 1') }} as window_end_at,
    (100.0 * answered_count / request_count)::double as value,
    '%' as unit,
    answered_count::double as numerator,
    request_count::double as denominator,
    request_count::bigint as sample_count,
    date
from days
where {{ midnight('date + 1') }} <= {{ watermark_of('accesses') }}
"""
UNIT_TEST = f"""
unit_tests:
  - name: answer_quality_is_the_share_below_500
    model: {MODEL}
    given:
      - input: ref('stg_system_logs__accesses')
        rows:
          - {{status_code: 200, date: 2026-03-01}}
          - {{status_code: 404, date: 2026-03-01}}
          - {{status_code: 503, date: 2026-03-01}}
          - {{status_code: 200, date: 2026-03-01}}
      - input: source('meta', 'watermarks')
        rows:
          - feed: web
            entity: accesses
            watermark_at: 2026-03-02 00:00:00+00
            first_on: 2026-03-01
    expect:
      rows:
        - {{subject: all, grain: day, value: 75.0, numerator: 3, denominator: 4, sample_count: 4}}
"""
FEEDS = """
organisation: {name: Copy}
feeds:
  web:
    entity: accesses
    files: web.csv
    columns:
      observed_at: {from: at, zone: UTC}
      service: service
      status_code: status
    complete_to: 1 day
"""


_DEFINITIONS = """
import json
from anfl_assets.definitions import defs
repository = defs().get_repository_def()
graph = repository.asset_graph
print(json.dumps([
    [key.path[-1] for key in graph.get_all_asset_keys()],
    [key.name for key in graph.asset_check_keys],
]))
"""
_UNIT_TESTS = """
import json
from pathlib import Path
from anfl_assets.catalog import load_catalog
from anfl_assets.collect.feed import Feeds
from anfl_assets.collect.organisation import Organisation
from anfl_assets.flow import dbt
from anfl_assets.flow.bind import BINDING_NAME, binding, meta_tables
from anfl_assets.flow.manifest import PROJECT_DIR, load_manifest
from anfl_assets.flow.plan import full_plan
from anfl_assets.store.workspace import open_workspace
folder = open_workspace(Path("unit"))
models, nobody = load_manifest().models(), Feeds(Organisation(), (), Path("feeds.yaml"))
meta = meta_tables(load_catalog(), nobody, [])
empty = binding(folder, full_plan(models), models, versions={}, meta=meta)
(folder.root / BINDING_NAME).write_text(json.dumps(empty))
for event in dbt.unit_test(PROJECT_DIR, folder.root, on_event=lambda _: None):
    print(event.name, event.status)
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("copy")
    for part in PARTS:
        source = PROJECT / part
        if source.is_dir():
            left_out = shutil.ignore_patterns("target", "logs", "__pycache__")
            shutil.copytree(source, root / part, ignore=left_out)
        else:
            shutil.copy(source, root / part)
    with (root / "anfl_assets/catalog/metrics.yaml").open("a", encoding="utf-8") as file:
        file.write(ENTRY)
    folder = root / "dbt_project/models/intermediate/quality"
    folder.mkdir()
    (folder / f"{MODEL}.sql").write_text(SQL)
    (folder / "answer_quality.unit.yml").write_text(UNIT_TEST)
    (root / "feeds.yaml").write_text(FEEDS)
    rows = "".join(f"2026-03-01T10:{n:02}:00Z,web,{503 if n < 3 else 200}\n" for n in range(20))
    (root / "web.csv").write_text("at,service,status\n" + rows)
    return root


def run(copy: Path, *command: str) -> str:
    """Run a command of the copy, not of this checkout."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy), "ANFL_DATA_DIR": str(copy / "data")},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def anfl(copy: Path, *words: str) -> str:
    return run(copy, "-c", "from anfl_assets.cli.main import main; main()", *words)


@pytest.mark.slow
def test_it_is_in_the_status_the_assets_and_the_checks(copy: Path) -> None:
    assert "metric_catalog.csv" in anfl(copy, "catalog", "sync")
    anfl(copy, "catalog", "check")
    anfl(copy, "run", "--feeds", "feeds.yaml", "--as-of", "2026-03-02")
    found = json.loads(anfl(copy, "status", "--json", "--metric", "answer_quality"))
    assert [(row["subject"], row["value"], row["status"]) for row in found] == [
        ("all", 85.0, "breached")
    ]
    told = run(copy, "-c", _DEFINITIONS)
    assets, checks = json.loads(told)
    assert MODEL in assets
    assert f"is_whole_observation_{MODEL}_" in checks


@pytest.mark.slow
def test_its_unit_test_passes(copy: Path) -> None:
    anfl(copy, "catalog", "sync")
    assert "answer_quality_is_the_share_below_500 pass" in run(copy, "-c", _UNIT_TESTS)
