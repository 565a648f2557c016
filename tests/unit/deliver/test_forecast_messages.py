"""What a message says of a breach that is to come, and of one that is not to come any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from anfl_assets.deliver import mail, story
from anfl_assets.deliver.blocks import blocks
from anfl_assets.deliver.line_story import row, sentence
from anfl_assets.deliver.message import Line
from anfl_assets.deliver.short import sms
from tests.unit.deliver.samples import BEGAN, FIRST

_COMING = "will cross 90 % around 2027-01-12 (even odds), 90 % sure by 2027-01-30"
_BASIS = "daily peak now 81.4 %; forecast made 2026-11-22 from 571 days"
DISK = Line(
    metric_id="resource_utilization",
    label="Resource utilization",
    subject="db-2/disk",
    grain="capacity_planning",
    status="forecast",
    value=81.4,
    unit="%",
    target=80,
    target_operator="<",
    threshold=90,
    since=BEGAN,
    window_end_at=BEGAN,
    detail=f"{_COMING}; {_BASIS}",
)
TOLD = replace(
    FIRST,
    severity="information",
    lines=(DISK,),
    is_simulated=True,
    runbook=None,
    link="http://127.0.0.1:8400/metrics/resource_utilization?subject=db-2%2Fdisk",
)
CALMED = replace(
    DISK,
    status="unlikely",
    is_over=True,
    detail=f"is not expected to cross 90 % by 2027-02-20 (20 % likely); {_BASIS}",
)
OVER = replace(TOLD, reason="recovery", lines=(CALMED,), at=BEGAN + timedelta(days=7))


def test_the_headline_says_what_is_to_come_and_that_it_is_simulated() -> None:
    assert story.headline(TOLD) == (
        f"[INFORMATION, SIMULATED] Resource utilization of db-2/disk {_COMING}"
    )


def test_what_it_rests_on_is_in_its_line_and_no_cause() -> None:
    assert "Cause" not in dict(story.facts(TOLD))


def test_a_line_of_several_says_all_of_it() -> None:
    assert sentence(DISK) == f"Resource utilization of db-2/disk {_COMING}; {_BASIS}"


def test_a_mail_has_the_crossing_beside_the_name_and_the_value_of_now() -> None:
    what, value, alert, *_ = row(DISK)
    assert (what, value, alert) == (
        f"Resource utilization of db-2/disk {_COMING}; {_BASIS}",
        "81.4 %",
        "above 90 %",
    )
    assert "metrics/resource_utilization?subject=db-2%2Fdisk" in mail.text(TOLD)


def test_recovery_says_that_it_is_not_expected_any_more() -> None:
    assert story.headline(OVER) == (
        "[RESOLVED, SIMULATED] Resource utilization of db-2/disk is not expected to cross 90 % by "
        "2027-02-20 (20 % likely)"
    )
    assert row(CALMED)[1] == "over"


def test_what_is_not_judged_any_more_is_not_said_to_be_still_to_come() -> None:
    gone = replace(OVER, lines=(replace(DISK, is_over=True, value=None),))
    assert story.headline(gone).endswith("Resource utilization of db-2/disk is over after 7 d")


def test_what_was_closed_by_hand_goes_on() -> None:
    closed = replace(OVER, lines=(DISK,))
    assert story.headline(closed).endswith(f"was closed by hand after 7 d and goes on: {_COMING}")


def test_a_short_message_has_the_whole_crossing() -> None:
    assert _COMING in sms(TOLD)


def test_slack_has_the_crossing_in_its_header() -> None:
    header, first, *_ = blocks(TOLD)
    assert header["text"]["text"].endswith("90 % sure by 2027-01-30")
    assert first["text"]["text"] == sentence(DISK)
