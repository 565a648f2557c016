"""A message in one SMS and in one line."""

from dataclasses import replace

import pytest

from anfl_assets.deliver.message import Message
from anfl_assets.deliver.short import sms, summary
from tests.unit.deliver.samples import FIRST, LATENCY, REASONS, REPEAT


def test_an_sms_says_the_most_important_first() -> None:
    assert sms(replace(REPEAT, line_count=5, firing_count=4, suppressed_count=17)) == (
        "CRITICAL, again: Inference latency of image-generation 148.4 ms, alert above 100 ms, "
        "and 3 more. Since 23 Nov 14:05 UTC. Stop: anfl alerts ack 12. "
        "No acknowledgement within 5 minutes. 17 more held back."
    )


@pytest.mark.parametrize("message", REASONS, ids=lambda message: message.reason)
def test_every_message_fits_into_two_parts(message: Message) -> None:
    assert len(sms(message)) <= 306
    assert sms(message).isascii()


def test_a_long_name_leaves_room_for_the_command() -> None:
    told = sms(replace(FIRST, lines=(replace(LATENCY, subject="gpu-" * 3_000),)))
    assert "148.4 ms, alert above 100 ms" in told
    assert "Stop: anfl alerts ack 12." in told


def test_a_phone_makes_no_link_of_a_name() -> None:
    hostile = replace(LATENCY, subject="https://evil.example/x", label="Größe “µ”")
    told = sms(replace(FIRST, lines=(hostile,)))
    assert 'Grosse "u" of https(:)//evil(.)example/x 148.4 ms' in told


def test_a_summary_is_the_headline() -> None:
    assert summary(FIRST).startswith("[CRITICAL] Inference latency of image-generation 148.4 ms")
