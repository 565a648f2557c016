"""A message as a mail."""

from dataclasses import replace
from email import message_from_bytes, policy

from anfl_assets.deliver.mail import html, mail, text
from anfl_assets.deliver.message import Message
from tests.unit.deliver.samples import CANARY, DIGEST, FIRST, LATENCY, REPEAT, STORM


def _headers(message: Message, thread: dict[str, str] | None = None) -> dict[str, str]:
    made = mail(
        message, sender="alerts@example.org", to="on@example.org", thread=thread or {}, chart=None
    )
    read = message_from_bytes(made.as_bytes(), policy=policy.SMTP)
    return {name: str(value).strip() for name, value in read.items()}


def test_the_text_says_all_of_it() -> None:
    lines = tuple(replace(line, label="Latency", subject="chat") for line in STORM.lines[:2])
    told = text(replace(STORM, lines=lines, is_simulated=True))
    assert (
        told
        == """\
[CRITICAL, SIMULATED] Latency of chat 148.4 ms, alert above 100 ms, and 1,199 more

- Latency of chat 148.4 ms, alert above 100 ms (target < 50 ms), since 2026-11-23 14:05 UTC, as of \
2026-11-23 14:05 UTC
- Latency of chat has no data (target < 50 ms, alert above 100 ms), since 2026-11-23 14:05 UTC
- and 1,198 more

Why you: It has just begun.
Incident: #12, open since 2026-11-23 14:05 UTC, 1,200 of 1,203 still firing
Held back: 17 more, because of this
Owner: ml_platform
Level: on_call
Acknowledge: anfl alerts ack 12
Organisation: Example company
Simulated: The data is simulated: nothing real is affected.
Runbook: https://runbooks.example.org/latency
Details: http://127.0.0.1:8400/incidents/12
"""
    )


def test_a_mail_carries_what_a_mail_program_sorts_by() -> None:
    told = _headers(FIRST)
    assert told["Subject"].startswith("[CRITICAL] Inference latency of image-generation 148.4 ms")
    assert told["Date"] == "Mon, 23 Nov 2026 14:05:00 +0000"
    assert told["Auto-Submitted"] == "auto-generated"
    assert told["Importance"] == "high"
    assert told["X-ANFL-Incident"] == "12"


def test_the_same_message_has_the_same_number_and_an_incident_one_thread() -> None:
    first, again, repeat = _headers(FIRST), _headers(FIRST), _headers(REPEAT)
    assert first["Message-ID"] == again["Message-ID"] != repeat["Message-ID"]
    assert first["References"] == repeat["References"]
    answer = _headers(REPEAT, {"message_id": first["Message-ID"]})
    assert answer["In-Reply-To"] == first["Message-ID"]
    assert answer["References"].split() == [first["References"], first["Message-ID"]]


def test_no_name_adds_a_header_or_markup() -> None:
    hostile = replace(
        FIRST,
        lines=(replace(LATENCY, subject="x\r\nBcc: all@example.org\r\n<script>alert(1)</script>"),),
        owner="\ud800</td><img src=x onerror=alert(1)>",
        runbook="javascript:alert(1)",
    )
    assert "Bcc" not in _headers(hostile)
    page = html(hostile, has_chart=False)
    assert "<script" not in page
    assert "<img" not in page
    assert "javascript:" not in page
    assert "&lt;script&gt;" in page


def test_the_chart_stands_inside_the_page() -> None:
    made = mail(
        FIRST, sender="a@example.org", to="b@example.org", thread={}, chart=b"\x89PNG-picture"
    )
    read = message_from_bytes(made.as_bytes(), policy=policy.SMTP)
    pictures = [part for part in read.walk() if part.get_content_type() == "image/png"]
    assert [part["Content-ID"] for part in pictures] == ["<chart>"]
    assert pictures[0].get_content() == b"\x89PNG-picture"
    assert 'src="cid:chart"' in html(FIRST, has_chart=True)


def test_a_digest_lists_what_it_collected_and_needs_nothing_from_elsewhere() -> None:
    page = html(DIGEST, has_chart=False)
    assert "<li>2026-11-23 14:28 UTC [RESOLVED] Inference latency of image-generation" in page
    assert "Value</th>" not in page
    assert "http" not in html(replace(CANARY, link=None), has_chart=False)
