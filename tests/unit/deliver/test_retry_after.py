"""A `Retry-After` that makes no sense stops no message."""

import pytest

from anfl_assets.deliver.answers import retry_after_s
from anfl_assets.deliver.wire import Answer
from tests.unit.deliver.samples import NOW


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("31536000", 86_400.0),
        ("-5", 0.0),
        ("nan", None),
        ("soon", None),
        ("Mon, 99999999999999999999 Jan 2026 00:00:00 GMT", None),
        ("Mon, 01 Jan 0001 00:00:00 +2359", 0.0),
    ],
)
def test_it_is_a_day_at_most_and_nothing_where_it_is_no_time(
    text: str, seconds: float | None
) -> None:
    assert retry_after_s(Answer(429, {"retry-after": text}, b""), NOW) == seconds
