"""Current values as Prometheus reads them."""

from datetime import UTC, datetime

from prometheus_client.openmetrics.parser import text_string_to_metric_families

from anfl_assets.catalog import load_catalog
from anfl_assets.pages.api.openmetrics import exposition
from anfl_assets.pages.reading import Reading
from anfl_assets.report.scoreboard import BoardRow
from anfl_assets.store.builds import PublishedBuild

NOW = datetime(2026, 11, 23, 0, 1, tzinfo=UTC)
END = datetime(2026, 11, 23, tzinfo=UTC)
HOSTILE = 'a"b\\c\nd{}='


def _row(subject: str, value: float | None, status: str) -> BoardRow:
    return BoardRow(
        metric_id="inference_latency", subject=subject, value=value, unit="ms", target=50.0,
        target_operator="<", threshold=100.0, status=status, since=None, window_start_at=None,
        window_end_at=END if value is not None else None, grain="5 minutes", change=None,
        sample_count=1, staleness_s=None, section="system_metrics", domain="model_orchestration",
        severity=None, is_whole=False,
    )  # fmt: skip


def _samples(reading: Reading | None) -> dict[tuple[str, str, str], float]:
    text = exposition(reading, NOW).decode()
    return {
        (sample.name, sample.labels.get("subject", ""), sample.labels.get("anfl_status", "")):
            sample.value
        for family in text_string_to_metric_families(text)  # type: ignore[no-untyped-call]
        for sample in family.samples
    }  # fmt: skip


def test_values_ages_and_states_are_told_and_what_is_missing_is_left_out() -> None:
    build = PublishedBuild("b", "d", 1, {}, {}, {}, datetime(2026, 11, 22, 23, 0, tzinfo=UTC))
    board = (_row(HOSTILE, 148.5, "breached"), _row("silent", None, "no_data"))
    found = _samples(Reading(build, load_catalog(), board, {}))
    assert found["anfl_published", "", ""] == 1
    assert found["anfl_build_age_seconds", "", ""] == 3660
    assert found["anfl_value", HOSTILE, ""] == 148.5
    assert found["anfl_staleness_seconds", HOSTILE, ""] == 60
    assert found["anfl_status", HOSTILE, "breached"] == 1
    assert found["anfl_status", "silent", "no_data"] == 1
    assert ("anfl_value", "silent", "") not in found


def test_before_the_first_build_only_that_is_told() -> None:
    assert _samples(None) == {("anfl_published", "", ""): 0}
