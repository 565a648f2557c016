"""Real data: eleven language models, a file each, none with a time (specification §1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import polars as pl
import pytest

from tests.real.folder import Folder, counts, landed_rows

pytestmark = pytest.mark.real

END = datetime(2023, 12, 21, 0, 5, tzinfo=UTC)
# Of the raw files: model, requests, failed, p95 of the rest in ms.
TRUTH = """
    select
        regexp_extract(filename, '([a-z0-9_]+).json$', 1) as model,
        count(*),
        count(error_code),
        1000 * quantile_disc(end_to_end_latency_s, 0.95) filter (error_code is null)
    from read_json({*.json}, filename = true)
    group by model
    order by model
"""


@pytest.fixture(scope="module")
def folder(landed_and_built: Callable[[str], Folder]) -> Folder:
    return landed_and_built("llmperf")


def test_every_record_is_accepted_and_the_build_is_published(folder: Folder) -> None:
    assert counts(folder.landed["models"]) == (1_650, 1_650, 0, 0)
    assert folder.landed["models"].files == 11
    assert (folder.built.status, folder.built.failures) == ("published", ())


def test_the_name_of_a_file_is_the_service(folder: Folder) -> None:
    sizes = landed_rows(folder, "requests").group_by("service").len().sort("service")
    assert sizes.rows() == [(model, count) for model, count, *_ in folder.truth(TRUTH)]
    assert sizes.height == 11


def test_error_rate_and_p95_of_each_model_are_what_sql_finds_in_its_file(folder: Folder) -> None:
    errors = folder.observed("error_rate", "5 minutes")
    latency = folder.observed("inference_latency", "5 minutes")
    for model, count, failed, p95 in folder.truth(TRUTH):
        rate = errors[model, END]
        assert (rate["numerator"], rate["denominator"]) == (failed, count)
        assert latency[model, END]["value"] == pytest.approx(p95, rel=1e-9)
        assert latency[model, END]["sample_count"] == count - failed


def test_the_leaderboards_own_figures_are_found(folder: Folder) -> None:
    answered = landed_rows(folder, "requests").filter(~pl.col("is_error"))
    medians = dict(answered.group_by("service").agg(pl.col("latency_ms").median()).iter_rows())

    assert folder.observed("error_rate", "5 minutes")["bedrock_13b", END]["numerator"] == 97
    assert medians["anyscale_13b"] == pytest.approx(1_260, abs=0.5)
    assert medians["bedrock_70b"] == pytest.approx(6_989, abs=0.5)
