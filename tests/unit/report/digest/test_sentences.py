"""The sentences of a digest: its first line, what stands, and the numbers of a message."""

from __future__ import annotations

from datetime import timedelta

from anfl_assets.report.digest.changes import Change, Move
from anfl_assets.report.digest.content import PanelTold, Tile
from anfl_assets.report.digest.first_line import age_line, first_line, nothing_before, standing
from anfl_assets.report.digest.incidents import answered, ended
from anfl_assets.report.digest.sentences import told_sentences
from tests.unit.report.digest.boards import NOON, digest, incident, row

TILE = Tile(
    metric_id="inference_latency",
    title="Inference latency",
    description="Time",
    row=row("breached", 148.4),
    parts=(),
    value="148.4 ms",
    target="< 50 ms",
    threshold="> 100 ms",
    change="+3.25 ms vs a day before",
    window="5 minutes to 2026-11-23 12:00",
    fresh="0 s ago",
    is_stale=False,
    parts_line="",
)


def test_the_first_line_counts_and_names_what_changed() -> None:
    changed = [
        *(Change("breach", row("breached", 148.4, subject=name)) for name in ("chat", "a", "b")),
        Change("recovery", row(value=41, subject="search")),
        Change("lost", row("no_data", None, subject="tags")),
    ]
    assert first_line(changed, []) == (
        "Since yesterday: 3 new breaches (Inference latency of chat at 148.4 ms, "
        "Inference latency of a at 148.4 ms and 1 more); "
        "1 recovery (Inference latency of search at 41 ms); "
        "1 without data any more (Inference latency of tags)."
    )


def test_where_no_status_changed_the_farthest_move_is_told() -> None:
    moved = [Move(row(value=45.5), 40.0, 0.11)]
    assert first_line([], moved) == (
        "No status changed since yesterday. "
        "Inference latency of chat moved the most, from 40 ms to 45.5 ms."
    )


def test_that_nothing_changed_is_said_too() -> None:
    assert first_line([], []) == "Nothing changed since yesterday."


def test_a_name_with_line_breaks_stays_within_the_line() -> None:
    told = first_line([Change("breach", row("breached", 1, subject="a\nb\u202e" + "x" * 500))], [])
    assert told.isprintable()
    assert len(told) < 200


def test_what_stands_is_counted_worst_first() -> None:
    assert standing({"on_target": 2_000, "breached": 1}) == "1 breached, 2,000 on target"
    assert standing({}) == ""


def test_old_data_is_told_as_old() -> None:
    assert age_line(NOON, NOON + timedelta(hours=25)) is None
    assert age_line(NOON, NOON + timedelta(days=7)) == (
        "The newest data is 7 d old: this is what stood at 2026-11-23 12:00 UTC, "
        "compared with a day before that."
    )


def test_before_history_there_is_a_sentence() -> None:
    assert nothing_before(NOON).startswith("There is no data up to 2026-11-23 12:00 UTC")


def test_a_message_has_what_stands_the_incidents_and_the_numbers() -> None:
    told = digest(
        incidents=(incident(), incident(ended_at=NOON)), panels=(PanelTold("Health", (TILE,)),)
    )
    assert told_sentences(told) == (
        "In all: 1 breached, 2,000 on target",
        "2 incidents in the last day, 1 still open",
        (
            "✖ Inference latency of chat: 148.4 ms, breached (target < 50 ms), "
            "+3.25 ms vs a day before"
        ),
    )


def test_a_first_line_too_long_for_a_headline_is_told_in_full() -> None:
    assert told_sentences(digest(first_line="x" * 120))[0] == "x" * 120


def test_an_incident_says_how_long_people_took() -> None:
    open_one = incident()
    over = incident(
        acknowledged_at=NOON - timedelta(minutes=110), acknowledged_by="ann\n", ended_at=NOON
    )
    assert (answered(open_one), ended(open_one, at=NOON)) == ("not acknowledged", "open for 2 h")
    assert (answered(over), ended(over, at=NOON)) == ("after 10 min by ann", "after 2 h")
