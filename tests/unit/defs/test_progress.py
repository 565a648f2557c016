"""What a step did, in words."""

import pytest

from anfl_assets.defs.progress import summary

_LANDED = {"files": 2, "received": 1200, "quarantined": 3, "duplicates": 0, "superseded": 1}


@pytest.mark.parametrize(
    ("told", "text"),
    [
        pytest.param([], "nothing changed", id="no output"),
        pytest.param([_LANDED | {"files": 0}], "nothing new", id="asked in vain"),
        pytest.param([_LANDED], "2 files, 1,200 rows, 3 quarantined, 1 superseded", id="landed"),
        pytest.param([_LANDED | {"files": 1}], "1 file, 1,200 rows, 3 quarantined, 1 superseded"),
        pytest.param(
            [{"delta_version": 4, "dagster/row_count": 1500}, {"seconds": 0.1}],
            "1 table published, 1,500 rows",
            id="a view has no version",
        ),
    ],
)
def test_a_step_is_summed_up_in_words(told: list[dict[str, object]], text: str) -> None:
    assert summary(told) == text
