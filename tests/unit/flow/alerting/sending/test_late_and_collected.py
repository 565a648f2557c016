"""Messages that are late say so; what waited for the digest becomes one mail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from anfl_assets.deliver.message import Message
from anfl_assets.flow.alerting.sending.age import with_age
from anfl_assets.flow.alerting.sending.digest import collected

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)


def message(key: str, hours_ago: float, firing: int = 1) -> Message:
    at = NOW - timedelta(hours=hours_ago)
    return Message("first", "information", at, key, line_count=1, firing_count=firing, owner="ml")


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (0.01, ""),
        (0.05, "Sent 3 minutes late: this was true at 23 Nov 06:57 UTC."),
        (5, "Sent 5 hours late: this was true at 23 Nov 02:00 UTC."),
        (5.5, "Sent 5 hours 30 minutes late: this was true at 23 Nov 01:30 UTC."),
        (25, "Sent 1 day 1 hour late: this was true at 22 Nov 06:00 UTC."),
    ],
)
def test_a_message_says_how_old_it_is(hours: float, expected: str) -> None:
    assert with_age(message("a", hours), now=NOW).note == expected


def test_a_digest_holds_everything_oldest_first_and_counts_what_still_fires() -> None:
    digest = collected(
        [message("b", 1), message("a", 2, firing=0), message("a", 20, firing=1)], now=NOW
    )
    assert [each.dedup_key for each in digest.collected] == ["a", "a", "b"]
    assert digest.reason == "digest"
    assert digest.firing_count == 1
    assert digest.subject_line == "Digest of 22 Nov: 2 incidents"
    assert with_age(digest, now=NOW + timedelta(hours=1)) is digest


def test_an_empty_digest_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="at least one"):
        collected([], now=NOW)
