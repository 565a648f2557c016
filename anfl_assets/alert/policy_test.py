"""A policy test: series and what people do go in, the timeline of messages comes out.

The series' notation is that of `promtool test rules`: `40x3` is 40 and three more of it, `40+10x3`
rises, `_` is a window without data; `?` (ours) one with too little evidence. The window that is
number n ends n intervals after the start.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from anfl_assets.alert.act import AcknowledgeAfter, Act
from anfl_assets.alert.virtual_outbox import Sent

NO_DATA, TOO_LITTLE = "_", "?"
_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"
_REPEATED = re.compile(rf"({_NUMBER})(?:([+-])(\d+(?:\.\d*)?|\.\d+))?x(\d+)")
_EMPTY = re.compile(r"([_?])(?:x(\d+))?")
MOST_WINDOWS = 100_000

Value = float | str


@dataclass(frozen=True)
class Series:
    """Values of one subject, one a window; `_` and `?` stand for windows without one."""

    metric_id: str
    subject: str
    grain: str
    values: tuple[Value, ...]


class Expected(NamedTuple):
    """One message that should be sent; where `recipient` is None anybody's will do."""

    at: timedelta
    reason: str
    channel: str
    recipient: str | None = None
    metric_id: str | None = None


@dataclass(frozen=True)
class PolicyTest:
    """One test of a file; `length` is how long the clock runs."""

    name: str
    start: datetime
    interval: timedelta
    length: timedelta
    series: tuple[Series, ...]
    acts: tuple[Act | AcknowledgeAfter, ...]
    expected: tuple[Expected, ...]


class Line(NamedTuple):
    """One line of a timeline: `=` as expected, `-` expected and not sent, `+` sent only."""

    mark: str
    at: timedelta
    reason: str
    target: str
    metrics: str


def expanded(text: str) -> tuple[Value, ...] | None:
    """Return the values a notation stands for; None where it is none."""
    values: list[Value] = []
    for word in text.split():
        part = _expanded(word)
        if part is None or len(values) + len(part) > MOST_WINDOWS:
            return None
        values += part
    return tuple(values)


def timeline(test: PolicyTest, sent: Sequence[Sent]) -> list[Line]:
    """Return what was sent beside what was expected, in order.

    Each expectation takes one message, those that name a recipient first.
    """
    rest = list(sent)
    lines: list[Line] = []
    for wanted in sorted(test.expected, key=lambda each: each.recipient is None):
        found = next((each for each in rest if _fits(wanted, each, test.start)), None)
        if found is None:
            target = "/".join(filter(None, (wanted.channel, wanted.recipient)))
            lines.append(Line("-", wanted.at, wanted.reason, target, wanted.metric_id or ""))
        else:
            rest.remove(found)
            lines.append(_line("=", found, test.start))
    lines += (_line("+", each, test.start) for each in rest)
    return sorted(lines, key=lambda line: (line.at, line.reason, line.target, line.mark))


def has_failed(lines: Iterable[Line]) -> bool:
    """Whether anything was sent that was not expected, or the other way round."""
    return any(line.mark != "=" for line in lines)


def offset(span: timedelta) -> str:
    """Write a moment of a test as its file does: `1h30m`, `0m`."""
    seconds = int(span.total_seconds())
    parts = ((seconds // 3600, "h"), (seconds // 60 % 60, "m"), (seconds % 60, "s"))
    return "".join(f"{number}{unit}" for number, unit in parts if number) or "0m"


def metrics_of(sent: Sent) -> tuple[str, ...]:
    """Return the metrics a message speaks of."""
    from anfl_assets.alert.tally import about

    return about(sent).metrics


def _expanded(word: str) -> list[Value] | None:
    empty = _EMPTY.fullmatch(word)
    if empty is not None:
        # As in promtool: `_x3` is three of them, while `1x3` is one and three more.
        return [empty[1]] * int(empty[2] or 1)
    repeated = _REPEATED.fullmatch(word)
    if repeated is not None:
        first, step = float(repeated[1]), float(f"{repeated[2] or '+'}{repeated[3] or 0}")
        return [first + n * step for n in range(min(int(repeated[4]), MOST_WINDOWS) + 1)]
    return [float(word)] if re.fullmatch(_NUMBER, word) else None


def _fits(wanted: Expected, sent: Sent, start: datetime) -> bool:
    return (
        sent.at - start == wanted.at
        and sent.reason == wanted.reason
        and sent.target.channel == wanted.channel
        and wanted.recipient in (None, sent.target.recipient)
        and (wanted.metric_id is None or wanted.metric_id in metrics_of(sent))
    )


def _line(mark: str, sent: Sent, start: datetime) -> Line:
    return Line(
        mark, sent.at - start, sent.reason, "/".join(sent.target), ", ".join(metrics_of(sent))
    )
