"""A message as a mail: subject, plain text and HTML, the chart inside, threaded on its incident.

Subject and text are of one-line texts without control characters, so that no name can add a header
or keep a mail from being made.
"""

from __future__ import annotations

from collections.abc import Mapping
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from anfl_assets.deliver.identity import incident_key, message_key
from anfl_assets.deliver.line_story import row, sentence
from anfl_assets.deliver.message import Message
from anfl_assets.deliver.story import (
    entry,
    facts,
    happening,
    headline,
    links,
    shown_collected,
    shown_lines,
    shown_told,
    tag,
)
from anfl_assets.wording.inert import cut

if TYPE_CHECKING:
    from jinja2 import Template

_SUBJECT_LENGTH = 200
_CHART = "chart"
_OVER = ("#1a7f37", "#56d364")
_COLOURS = {
    "critical": ("#c62828", "#ff8a80"),
    "warning": ("#9a6700", "#e3b341"),
    "information": ("#0b5cad", "#7cb7f5"),
}
_CALM = frozenset({"recovery", "canary", "test", "report"})


def mail(
    message: Message, *, sender: str, to: str, thread: Mapping[str, str], chart: bytes | None
) -> EmailMessage:
    """Return the whole mail; the same message always has the same Message-ID."""
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"] = sender, to
    made["Subject"] = subject(message)
    made["Date"] = message.at
    made["Message-ID"] = _id(message_key(message, to), sender)
    root = _id(incident_key(message, to), sender)
    made["In-Reply-To"] = thread.get("message_id") or root
    made["References"] = " ".join(dict.fromkeys((root, made["In-Reply-To"])))
    made["Auto-Submitted"] = "auto-generated"
    if message.severity == "critical":
        made["Importance"] = "high"
    if message.incident_id is not None:
        made["X-ANFL-Incident"] = str(message.incident_id)
    made.set_content(text(message))
    made.add_alternative(html(message, has_chart=chart is not None), subtype="html")
    if chart is not None:
        whole = made.get_payload()
        part = whole[-1] if isinstance(whole, list) else made
        if isinstance(part, EmailMessage):
            part.add_related(
                chart, "image", "png", cid=f"<{_CHART}>", disposition="inline", filename="chart.png"
            )
    if message.document:
        # Beside the text: mail programs take drawings out of a page, and cut long ones.
        made.add_attachment(message.document, subtype="html", filename=f"{message.dedup_key}.html")
    return made


def subject(message: Message) -> str:
    """Return the headline, short enough for a list of mails."""
    return cut(headline(message), _SUBJECT_LENGTH)


def text(message: Message) -> str:
    """Return the plain text."""
    lines, more = shown_lines(message)
    collected, left_out = shown_collected(message)
    told = [f"- {sentence(line)}" for line in lines]
    told += [f"- {each}" for each in shown_told(message)]
    told += [f"- {entry(each)}" for each in collected]
    told += [f"- and {count:,} more" for count in (more, left_out) if count > 0]
    below = [f"{name}: {said}" for name, said in (*facts(message), *links(message))]
    return "\n".join([headline(message), "", *told, *([""] if told else []), *below]) + "\n"


def html(message: Message, *, has_chart: bool) -> str:
    """Return one page that needs nothing from elsewhere, in light and dark."""
    lines, more = shown_lines(message)
    collected, left_out = shown_collected(message)
    colour, on_dark = _OVER if message.reason in _CALM else _COLOURS.get(message.severity, _OVER)
    return _template().render(
        headline=headline(message),
        tag=tag(message),
        happening=happening(message),
        colour=colour,
        colour_on_dark=on_dark,
        rows=[row(line) for line in lines],
        more=f"{more:,}" if more > 0 else "",
        told=shown_told(message),
        collected=[entry(each) for each in collected],
        left_out=f"{left_out:,}" if left_out > 0 else "",
        chart=_CHART if has_chart else "",
        facts=facts(message),
        links=links(message),
    )


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    made = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return made.from_string(Path(__file__).with_name("mail.html.jinja").read_text("utf-8"))


def _id(key: str, sender: str) -> str:
    return f"<{key}@{sender.rpartition('@')[2]}>"
