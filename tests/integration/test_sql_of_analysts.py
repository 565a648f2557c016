"""`anfl.sql`: any query over one build's tables, and nothing else in reach."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import anfl_assets as anfl
from anfl_assets.errors import UserError
from tests.integration.built_example import BuiltExample

pytestmark = pytest.mark.slow
AS_OF = "2026-10-20T12:00:00Z"


@pytest.fixture(autouse=True)
def data_dir(built_example: BuiltExample, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ANFL_DATA_DIR", str(built_example.root))
    return built_example.root


def test_every_published_table_is_there_by_its_name(data_dir: Path) -> None:
    listed = anfl.tables()
    assert listed.columns == ["table", "column", "type"]
    assert set(listed["table"]) >= set(anfl.open(data_dir).build.tables)
    for table in listed["table"].unique():
        assert anfl.sql(f'select * from "{table}" limit 1').height == 1  # noqa: S608


def test_a_query_takes_parameters_and_answers_typed() -> None:
    found = anfl.sql(
        "select subject, value, window_end_at from fct_metric_status "
        "where metric_id = $metric and grain = 'quarter' "
        "order by window_end_at desc, subject limit 1",
        parameters={"metric": "market_share"},
    )
    assert found.row(0)[0] == "europe"
    assert found.row(0)[2] == datetime(2026, 10, 1, tzinfo=UTC)
    hostile = anfl.sql("select ?::varchar as name", parameters=["'; drop table x; --"])
    assert hostile.item() == "'; drop table x; --"


def test_as_of_cuts_facts_days_and_months_that_were_not_over() -> None:
    found = anfl.sql(
        "select (select max(window_end_at) from fct_metric_observation), "
        "(select max(date) from fct_status_day), "
        "(select max(date) from int_customer__active_months)",
        as_of=AS_OF,
    )
    assert found.row(0) == (
        datetime(2026, 10, 20, 12, tzinfo=UTC), date(2026, 10, 19), date(2026, 9, 30)
    )  # fmt: skip


def test_the_board_as_of_is_judged_anew() -> None:
    asked = "select metric_id, subject, status, value from rpt_scoreboard order by all"
    told = anfl.status(as_of=AS_OF).select("metric_id", "subject", "status", "value")
    assert anfl.sql(asked, as_of=AS_OF).equals(told.sort("metric_id", "subject"))


@pytest.mark.parametrize(
    "query",
    [
        "copy (select 1) to '{folder}/out.csv'",
        "copy (select 1) to '{own}'",
        "attach '{folder}/other.db' as other",
        "export database '{folder}/all'",
        "create table mine as select 1",
        "insert into dim_metric values (1)",
        "set enable_external_access = true",
        "pragma version",
        "install httpfs",
        "select 1; select 2",
        "select * from read_text('/etc/hostname')",
        "select * from read_csv('{folder}/secret.csv')",
        "select * from glob('/etc/*')",
        "select * from '{folder}/secret.csv'",
        "select * from 'https://example.org/x.csv'",
        "from data_dir",
        "with y as (delete from dim_metric returning *) select * from y",
        "select from where",
        "",
    ],
)
def test_whatever_writes_or_reaches_out_is_refused(
    query: str, tmp_path: Path, data_dir: Path
) -> None:
    (tmp_path / "secret.csv").write_text("a\n1\n")
    own = next((data_dir / "lake" / "marts" / "dim_metric").rglob("*.parquet"))
    before = hashlib.sha256(own.read_bytes()).hexdigest()
    with pytest.raises(UserError):
        anfl.sql(query.format(folder=tmp_path, own=own))
    assert [each.name for each in tmp_path.iterdir()] == ["secret.csv"]
    assert hashlib.sha256(own.read_bytes()).hexdigest() == before


def test_a_refusal_says_why() -> None:
    with pytest.raises(UserError, match=r"expected one query \(select, describe, explain\), found"):
        anfl.sql("drop view dim_metric")
    with pytest.raises(UserError, match='Did you mean "dim_metric"'):
        anfl.sql("select * from dim_metrics")
    with pytest.raises(UserError, match="name or cast its columns"):
        anfl.sql("select 1 as a, 2 as a")
