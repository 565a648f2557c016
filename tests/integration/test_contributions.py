"""Contribution on the example company, held against sums that SQL does by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from anfl_assets.catalog import load_catalog
from anfl_assets.cli.main import invoke
from anfl_assets.flow.analysis.comparing import NothingToSplit
from anfl_assets.flow.analysis.contributions import Explained, explain, explain_all
from anfl_assets.flow.analysis.keep_contributions import compute_contributions, keep_contributions
from anfl_assets.report.contributions import stored_contributions
from anfl_assets.report.published import Published, open_published
from anfl_assets.store.workspace import Workspace
from tests.integration.built_example import EXAMPLE_AS_OF, BuiltExample

pytestmark = pytest.mark.slow
_DAY = timedelta(days=1)
# Rate and mix of one service as a person would write them down: the mean share times the change
# of its rate, and the mean rate less the whole's times the change of its share.
_BY_HAND = """
with windows as (
    select subject, numerator, denominator, window_end_at = $later as is_later
    from {observations}
    where metric_id = 'error_rate' and grain = 'day' and subject != 'all'
    and window_end_at in ($later, $earlier)
),
sides as (
    select
        subject,
        is_later,
        numerator / denominator as rate,
        denominator / sum(denominator) over (partition by is_later) as share,
        sum(numerator) over (partition by is_later) / sum(denominator) over (partition by is_later)
            as whole
    from windows
),
pairs as (
    select
        subject,
        max(rate) filter (is_later) as rate_1, max(rate) filter (not is_later) as rate_0,
        max(share) filter (is_later) as share_1, max(share) filter (not is_later) as share_0
    from sides group by subject
)
select
    subject,
    100 * (share_1 + share_0) / 2 * (rate_1 - rate_0) as rate,
    100 * ((rate_1 + rate_0) / 2 - (select (max(whole) + min(whole)) / 2 from sides))
        * (share_1 - share_0) as mix
from pairs where rate_0 is not null and rate_1 is not null
"""


@pytest.fixture(scope="module")
def published(built_example: BuiltExample) -> Iterator[Published]:
    """The example's build."""
    with open_published(Workspace(built_example.root)) as opened:
        yield opened


def of(published: Published, name: str, **asked: str) -> Explained:
    """The parts of the metric's change."""
    return explain(published, load_catalog().metric(name), **asked)  # type: ignore[arg-type]


def test_every_metric_is_split_and_its_parts_add_up(published: Published) -> None:
    explained, others = explain_all(published, load_catalog())
    assert not others
    for change in explained:
        parts = sum(part.amount for part in change.contributions)
        assert parts == pytest.approx(change.after - change.before, abs=1e-9), change.metric_id


def test_the_whole_is_the_published_one(published: Published) -> None:
    explained, _ = explain_all(published, load_catalog())
    for change in explained:
        pairs = ((change.before, change.earlier.whole), (change.after, change.later.whole))
        for value, whole in pairs:
            if whole is not None:
                assert value == pytest.approx(whole.value, rel=1e-12), change.metric_id


def test_rate_and_mix_are_those_of_a_sum_done_by_hand(published: Published) -> None:
    found = of(published, "error_rate", grain="day")
    by_hand = published.rows(
        _BY_HAND.format(observations=published.table("fct_metric_observation")),
        {"later": EXAMPLE_AS_OF, "earlier": EXAMPLE_AS_OF - 7 * _DAY},
    )
    amounts = {(part.subject, part.effect): part.amount for part in found.contributions}
    assert len(by_hand) >= 6
    for row in by_hand:
        assert amounts[row["subject"], "rate"] == pytest.approx(row["rate"], abs=1e-9)
        assert amounts[row["subject"], "mix"] == pytest.approx(row["mix"], abs=1e-9)


@pytest.mark.parametrize(
    ("metric", "subject", "effect"),
    [
        pytest.param("inference_latency", "image-generation", "rate", id="slow-images"),
        pytest.param("throughput", "image-generation", "volume", id="images-queue"),
        pytest.param("error_rate", "moderation", "rate", id="moderation-errors"),
    ],
)
def test_the_planted_incident_is_the_largest_part(
    published: Published, metric: str, subject: str, effect: str
) -> None:
    largest = of(published, metric).contributions[0]
    assert (largest.subject, largest.effect) == (subject, effect)


def test_events_follow_no_grid_and_nothing_is_older_than_the_history(published: Published) -> None:
    with pytest.raises(NothingToSplit, match="follow no grid"):
        of(published, "scaling_efficiency", grain="event")
    metric = load_catalog().metric("uptime")
    with pytest.raises(NothingToSplit, match="no window of day ended"):
        explain(published, metric, against=EXAMPLE_AS_OF - 4000 * _DAY)


def test_what_was_kept_is_read_again_by_metric(
    published: Published, tmp_path_factory: pytest.TempPathFactory
) -> None:
    workspace = Workspace(tmp_path_factory.mktemp("kept"))
    rows = compute_contributions(published, load_catalog(), now=EXAMPLE_AS_OF)
    there = Published(workspace, published.build, published.connection)
    assert stored_contributions(there) is None
    assert keep_contributions(there, rows) == 0
    keep_contributions(there, rows)
    assert stored_contributions(there) == rows
    errors = stored_contributions(there, "error_rate")
    assert errors is not None
    assert [row for row in rows if row.metric_id == "error_rate"] == errors


def test_the_command_tells_the_whole_and_its_largest_parts(
    built_example: BuiltExample, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke(["contribution", "errors", "--data-dir", str(built_example.root)]) == 0
    told = capsys.readouterr().out
    assert "error_rate, all: 0.0378 % → 0.0789 % (+0.0411 points)" in told
    assert "in points; rate:" in told
    assert "moderation" in told


def test_what_cannot_be_compared_is_a_persons_mistake(
    built_example: BuiltExample, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = ["--data-dir", str(built_example.root)]
    assert invoke(["contribution", "uptime", "--against", "2001-01-01", *folder]) == 2
    assert "there is nothing to compare" in capsys.readouterr().err
    assert invoke(["contribution", "uptime", "--against", "yesterday", *folder]) == 2
    assert "no ISO 8601" in capsys.readouterr().err
