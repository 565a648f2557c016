"""Whatever files come in whatever order, no row is lost and none is counted twice."""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integration.landing_folder import KEYED, REQUESTS, Folder, folder

# Few keys and values, so that they meet; some values no rule accepts, some no cast.
_LINES = st.tuples(
    st.integers(1, 4),
    st.sampled_from(["2026-02-01T10:00:00", "2026-02-28T10:00:00", "2027-01-01T00:00:00", "", "x"]),
    st.sampled_from(["search", "chat", ""]),
    st.sampled_from(["1", "2", "-1", "nan", "", "many"]),
    st.sampled_from(["ok", "failed", "odd"]),
).map(lambda cells: ",".join(map(str, cells)) + "\n")
_FILES = st.dictionaries(
    st.sampled_from(["requests_a.csv", "requests_b.csv", "requests_c.csv"]),
    st.lists(st.one_of(_LINES, st.just("1,2\n")), max_size=6).map("".join),
    min_size=1,
)


def passes(root: str, feeds: str, rounds: list[dict[str, str]]) -> Folder:
    place = folder(Path(root), feeds)
    for files in rounds:
        place.write(files)
        for report in place.land():
            assert report.received == report.accepted + report.quarantined + report.duplicates
    return place


def assert_nothing_is_lost(place: Folder) -> None:
    loads = place.loads()
    for load in loads:
        accounted = load["accepted"] + load["quarantined"] + load["duplicates"]
        assert load["received"] == accounted
    landed = [load for load in loads if load["status"] == "landed"]
    assert place.rows().height == sum(load["accepted"] - load["superseded"] for load in landed)
    quarantined = sum(load["quarantined"] for load in loads if load["status"] != "replaced")
    assert len(place.quarantine()) == quarantined


_SETTINGS = settings(
    max_examples=12, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


@_SETTINGS
@given(st.lists(_FILES, min_size=1, max_size=3))
def test_with_a_key_the_ledger_adds_up_to_the_lake(rounds: list[dict[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as root:
        place = passes(root, KEYED, rounds)
        assert_nothing_is_lost(place)
        contents = {text for files in rounds for text in files.values()}
        lines = sum(text.count("\n") for text in contents)
        assert sum(load["received"] for load in place.loads()) == lines
        rows = place.rows()
        assert rows.is_empty() or rows["row_key"].is_unique().all()


@_SETTINGS
@given(st.lists(_FILES, min_size=1, max_size=3))
def test_without_a_key_the_ledger_adds_up_to_the_lake(rounds: list[dict[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as root:
        place = passes(root, REQUESTS, rounds)
        assert_nothing_is_lost(place)
        assert place.land()[0].received == 0
