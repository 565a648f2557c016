"""What changed from one board to another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anfl_assets.report.digest.changes import changes, moves
from tests.unit.report.digest.boards import row

STATUSES = ("breached", "no_data", "off_target", "insufficient", "on_target")


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("on_target", "breached", "breach"),
        ("no_data", "breached", "breach"),
        ("breached", "on_target", "recovery"),
        ("breached", "off_target", "recovery"),
        ("on_target", "no_data", "lost"),
        ("breached", "insufficient", "lost"),
        ("no_data", "on_target", "returned"),
        ("on_target", "off_target", "missed"),
        ("off_target", "on_target", "met"),
    ],
)
def test_another_status_is_a_change_of_a_kind(before: str, after: str, kind: str) -> None:
    assert [each.kind for each in changes([row(before)], [row(after)])] == [kind]


@pytest.mark.parametrize(
    ("before", "after"), [("no_data", "insufficient"), ("insufficient", "no_data")]
)
def test_no_data_for_another_reason_is_no_change(before: str, after: str) -> None:
    assert changes([row(before)], [row(after)]) == []


@given(st.sampled_from(STATUSES))
def test_the_same_status_is_no_change(status: str) -> None:
    assert changes([row(status)], [row(status)]) == []


def test_what_is_new_on_the_board_has_changed_only_where_it_is_breached() -> None:
    later = [row("breached", subject="chat"), row("off_target", subject="search")]
    assert [(each.kind, each.row.subject) for each in changes([], later)] == [("breach", "chat")]


def test_a_whole_is_not_counted_beside_its_parts() -> None:
    before = [row(subject="all", is_whole=True), row(subject="chat")]
    after = [row("breached", subject="all", is_whole=True), row("breached", subject="chat")]
    assert [each.row.subject for each in changes(before, after)] == ["chat"]


def test_moves_are_weighed_by_the_way_from_target_to_threshold() -> None:
    before = [row(value=40, subject="chat"), row(value=10, subject="search"), row(subject="tags")]
    after = [row(value=60, subject="chat"), row(value=60, subject="search"), row(subject="tags")]
    found = moves(before, after)
    assert [(move.row.subject, move.before, move.share) for move in found] == [
        ("search", 10, 1.0),
        ("chat", 40, 0.4),
    ]


def test_what_has_no_value_or_no_way_between_its_limits_has_not_moved() -> None:
    assert moves([row(value=None)], [row(value=60)]) == []
    assert moves([row(value=60)], [row(value=None)]) == []
    assert moves([row(value=1, threshold=50)], [row(value=60, threshold=50)]) == []
