"""A message where there is little room: one SMS, or the summary line of PagerDuty."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from anfl_assets.deliver.line_story import FORETELLING
from anfl_assets.deliver.message import Line, Message
from anfl_assets.deliver.story import acknowledging, happening, headline, tag, why_told
from anfl_assets.wording.inert import ascii_folded, cut, defanged, one_line

# Two parts of a long SMS: 306 letters in the alphabet that phones have; never more than 320.
SMS_LENGTH = 306
SUMMARY_LENGTH = 1_024
_NAME_LENGTH = 48
_FORETOLD_LENGTH = 120
# Data that is older than a reader would think is said to be.
_OLD = timedelta(minutes=15)
_HAPPENING_LENGTH = 190


def sms(message: Message) -> str:
    """Return plain ASCII without links, the most important first and whole."""
    what = cut(happening(_brief(message)), _HAPPENING_LENGTH)
    told = [f"{_bare(tag(message), _NAME_LENGTH)}: {what}."]
    if begun := _began(message):
        told.append(begun)
    if command := acknowledging(message):
        told.append(f"Stop: {command}.")
    if message.reason not in {"first", "recovery"}:
        told.append(_as_sentence(_bare(why_told(message), _HAPPENING_LENGTH)))
    if message.suppressed_count and message.reason != "recovery":
        told.append(f"{message.suppressed_count:,} more held back.")
    text = ascii_folded(" ".join(told))
    return text if len(text) <= SMS_LENGTH else f"{text[: SMS_LENGTH - 3]}..."


def summary(message: Message) -> str:
    """Return one line for a list of incidents."""
    return cut(headline(message), SUMMARY_LENGTH)


def _brief(message: Message) -> Message:
    return replace(
        message,
        lines=tuple(_brief_line(line) for line in message.lines[:1]),
        line_count=max(message.line_count, len(message.lines)),
        subject_line=_bare(message.subject_line, _HAPPENING_LENGTH),
        acknowledged_by=_bare(message.acknowledged_by or "", _NAME_LENGTH) or None,
    )


def _brief_line(line: Line) -> Line:
    return replace(
        line,
        metric_id=_bare(line.metric_id, _NAME_LENGTH),
        label=_bare(line.label, _NAME_LENGTH),
        subject=_bare(line.subject, _NAME_LENGTH),
        unit=_bare(line.unit, 12),
        target_operator=_bare(line.target_operator, 2),
        detail=_bare(line.detail, _FORETOLD_LENGTH if line.status in FORETELLING else _NAME_LENGTH),
    )


def _as_sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '!', '?')) else '.'}"


def _began(message: Message) -> str:
    line = message.lines[0] if message.lines else None
    if line is None or line.since is None or message.reason == "recovery":
        return ""
    as_of = line.window_end_at
    is_old = as_of is not None and message.at - as_of > _OLD
    late = f", as of {as_of:%d %b %H:%M}" if as_of is not None and is_old else ""
    return f"Since {line.since:%d %b %H:%M}{late} UTC."


def _bare(text: str, limit: int) -> str:
    return one_line(defanged(ascii_folded(one_line(text))), limit)
