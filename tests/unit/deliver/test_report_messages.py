"""A report as a message: sentences in every medium, its page as a file of the mail."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

from anfl_assets.deliver.blocks import blocks
from anfl_assets.deliver.mail import html, mail, text
from anfl_assets.deliver.message import Message, from_json, to_json

PAGE = "<!DOCTYPE html><title>é</title>"
REPORT = Message(
    "report",
    "information",
    datetime(2026, 11, 23, 7, 10, tzinfo=UTC),
    "executive-2026-11-23",
    subject_line="Nothing changed since yesterday.",
    told=("✔ Uptime: 99.97 %", "<!channel> <b>\n*x*"),
    document=PAGE,
    is_simulated=True,
    link="http://127.0.0.1:8400/executive",
)


def _parsed() -> EmailMessage:
    made = mail(REPORT, sender="a@example.org", to="b@example.org", thread={}, chart=None)
    read = message_from_bytes(made.as_bytes(), policy=policy.SMTP)
    assert isinstance(read, EmailMessage)
    return read


def test_a_mail_carries_the_page_as_a_file_beside_its_text() -> None:
    (part,) = _parsed().iter_attachments()
    assert part.get_filename() == "executive-2026-11-23.html"
    assert part.get_content_type() == "text/html"
    assert part.get_content().strip() == PAGE
    body = _parsed().get_body(("plain",))
    assert body is not None
    assert "- ✔ Uptime: 99.97 %" in body.get_content()


def test_every_medium_has_its_sentences_as_text() -> None:
    assert "[REPORT, SIMULATED] Nothing changed since yesterday." in text(REPORT)
    assert "<li>&lt;!channel&gt; &lt;b&gt; *x*</li>" in html(REPORT, has_chart=False)
    told = next(block for block in blocks(REPORT) if "Uptime" in json.dumps(block))
    assert told["text"]["type"] == "plain_text"
    assert told["text"]["text"] == "• ✔ Uptime: 99.97 %\n• <!channel> <b> *x*"


def test_it_comes_out_of_the_outbox_as_it_went_in() -> None:
    assert from_json(to_json(REPORT)) == REPORT


def test_a_message_of_before_there_were_reports_is_read() -> None:
    content = json.loads(to_json(REPORT))
    del content["told"], content["document"]
    assert from_json(json.dumps(content)).told == ()
