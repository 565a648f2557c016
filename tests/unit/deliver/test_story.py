"""What a message says, in every medium's shared words."""

from dataclasses import replace
from datetime import timedelta

import pytest

from anfl_assets.deliver import story
from anfl_assets.deliver.line_story import sentence, what_and_where
from anfl_assets.deliver.message import Line, Message
from anfl_assets.wording.numbers import quantity, span
from tests.unit.deliver.samples import (
    ACKNOWLEDGED,
    CANARY,
    DIGEST,
    ESCALATION,
    FIRST,
    LATENCY,
    RECOVERY,
    REPEAT,
    SILENT,
    STORM,
    UPTIME,
    WATCH,
)


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (
            FIRST,
            "[CRITICAL] Inference latency of image-generation 148.4 ms, alert above 100 ms",
        ),
        (
            REPEAT,
            "[CRITICAL, again] Inference latency of image-generation 148.4 ms, alert above 100 ms",
        ),
        (
            replace(ESCALATION, is_simulated=True),
            (
                "[CRITICAL, escalated, SIMULATED] Inference latency of image-generation 148.4 ms, "
                "alert above 100 ms"
            ),
        ),
        (
            ACKNOWLEDGED,
            (
                "[ACKNOWLEDGED] Inference latency of image-generation 148.4 ms, alert above 100 "
                "ms, by ada"
            ),
        ),
        (
            RECOVERY,
            "[RESOLVED] Inference latency of image-generation is over after 23 min, now 42.1 ms",
        ),
        (
            replace(RECOVERY, lines=FIRST.lines),
            (
                "[RESOLVED] Inference latency of image-generation was closed by hand after 23 min "
                "and goes on: 148.4 ms, alert above 100 ms"
            ),
        ),
        (
            STORM,
            (
                "[CRITICAL] Inference latency of image-generation 148.4 ms, alert above 100 ms, "
                "and 1,199 more"
            ),
        ),
        (CANARY, "[CHECK] This channel works"),
        (DIGEST, "[INFORMATION] Digest of 2 messages"),
        (WATCH, "[CRITICAL] No evaluation for 92 s: the daemon is not running"),
    ],
    ids=lambda value: value.reason if hasattr(value, "reason") else "",
)
def test_a_headline_says_what_where_and_how_bad(message: Message, told: str) -> None:
    assert story.headline(message) == told


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (
            LATENCY,
            (
                "Inference latency of image-generation 148.4 ms, alert above 100 ms "
                "(target < 50 ms), since 2026-11-23 14:05 UTC, as of 2026-11-23 14:05 UTC"
            ),
        ),
        (
            SILENT,
            (
                "Inference latency of chat has no data (target < 50 ms, alert above 100 ms), "
                "since 2026-11-23 14:05 UTC"
            ),
        ),
        (
            UPTIME,
            (
                "Uptime of gateway 99.93 %, target >= 99.95 % (alert below 99.5 %), "
                "since 2026-11-23 14:05 UTC, as of 2026-11-23 14:05 UTC"
            ),
        ),
        (
            replace(LATENCY, subject="all", value=31, is_over=True),
            "Inference latency is over, 31 ms",
        ),
    ],
    ids=["breached", "no data", "off target", "over"],
)
def test_a_sentence_says_value_threshold_target_and_since_when(line: Line, told: str) -> None:
    assert sentence(line) == told


def test_a_long_window_is_named_and_what_comes_and_goes_leads_with_that() -> None:
    budget = replace(LATENCY, label="Uptime", subject="chat", grain="30 days")
    assert what_and_where(budget) == "Uptime of chat over 30 days"
    flapping = replace(FIRST, reason="flapping")
    assert story.happening(flapping).startswith(
        "Inference latency of image-generation comes and goes, "
    )


def test_a_failed_run_tells_its_error_instead_of_a_number() -> None:
    failed = replace(
        LATENCY,
        label="Run success",
        subject="daily_build",
        unit="count",
        value=0,
        target=1,
        threshold=1,
        detail="disk is\nfull",
    )
    assert sentence(failed) == (
        "Run success of daily_build failed: disk is full, since 2026-11-23 14:05 UTC"
    )
    assert ("Cause", "disk is full") in story.facts(replace(FIRST, lines=(failed,)))


def test_facts_say_why_who_how_many_and_how_to_stop_it() -> None:
    told = dict(story.facts(replace(STORM, is_simulated=True, note="Route gpu.")))
    assert told == {
        "Why you": "Route gpu.",
        "Incident": "#12, open since 2026-11-23 14:05 UTC, 1,200 of 1,203 still firing",
        "Held back": "17 more, because of this",
        "Owner": "ml_platform",
        "Level": "on_call",
        "Acknowledge": "anfl alerts ack 12",
        "Organisation": "Example company",
        "Simulated": "The data is simulated: nothing real is affected.",
    }


@pytest.mark.parametrize("message", [RECOVERY, ACKNOWLEDGED, CANARY, DIGEST, WATCH])
def test_what_needs_no_answer_asks_for_none(message: Message) -> None:
    assert story.acknowledging(message) is None


def test_only_web_addresses_become_links() -> None:
    assert story.links(FIRST) == (
        ("Runbook", "https://runbooks.example.org/latency"),
        ("Details", "http://127.0.0.1:8400/incidents/12"),
    )
    hostile = replace(FIRST, runbook="javascript:alert(1)", link="https://a.org/|x>\n")
    assert story.links(hostile) == ()


@pytest.mark.parametrize(
    ("value", "unit", "told"),
    [
        (1234.5, "ms", "1,234.5 ms"),
        (99.95, "%", "99.95 %"),
        (100, "ms", "100 ms"),
        (0.021, "req/s", "0.021 req/s"),
        (4.2, "score", "4.2"),
        (93_600, "s", "1 d 2 h"),
        (45, "s", "45 s"),
        (float("nan"), "ms", "–"),
        (None, "ms", "–"),
        (1e300, "ms", "1e+300 ms"),
    ],
)
def test_numbers_read_as_at_the_terminal(value: float | None, unit: str, told: str) -> None:
    assert quantity(value, unit) == told


def test_spans_show_their_two_largest_units() -> None:
    assert span(timedelta(seconds=725)) == "12 min 5 s"
    assert span(timedelta(days=3, hours=4, minutes=9)) == "3 d 4 h"
    assert span(timedelta(0)) == "0 s"
