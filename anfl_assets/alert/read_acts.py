"""What people do, as YAML: acknowledgements and silences of a replay or of a policy test.

```yaml
ack:
  - {at: 12m, by: ana, match: {metric: latency}}
  - {after: 3m, by: ana}            # each incident, so long after its first message
silence:
  - {at: 5m, for: 1h, by: ana, reason: move, match: {subject: "db-*"}}
```
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from anfl_assets.alert.act import Acknowledge, AcknowledgeAfter, Act, Hush
from anfl_assets.alert.read_match import Names, read_match
from anfl_assets.config.section import Section
from anfl_assets.store.alerts.records import Match, Silence

KEYS = ("ack", "silence")
_SPAN = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
_SPAN_EXPECTED = "a span such as 5m, 90s or 1h30m"

Moment = Callable[[Section, str], datetime | None]


def read_acts(section: Section, names: Names, moment: Moment) -> tuple[Act | AcknowledgeAfter, ...]:
    """Read what people do; `moment` reads the time at a key of a section.

    What is wrong is noted in the section's faults.
    """
    found: list[Act | AcknowledgeAfter | None] = []
    for inner in section.items("ack"):
        inner.only(("at", "after", "by", "match"))
        found.append(_acknowledgement(inner, names, moment))
    for number, inner in enumerate(section.items("silence"), start=1):
        inner.only(("at", "for", "by", "reason", "match"))
        found.append(_silence(inner, number, names, moment))
    return tuple(each for each in found if each is not None)


def parse_span(text: str) -> timedelta | None:
    """Read `90s`, `5m`, `1h30m`, `2d`, `0`, as Prometheus writes spans; None for anything else."""
    found = _SPAN.fullmatch(text.strip()) if text.strip() not in ("", "0") else None
    if found is None:
        return timedelta() if text.strip() == "0" else None
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def span_at(section: Section, key: str) -> timedelta | None:
    """Return the span at a key; None where it is absent or wrong."""
    text = section.text(key)
    span = None if text is None else parse_span(text)
    if text is not None and span is None:
        section.fault(key, _SPAN_EXPECTED)
    return span


def _acknowledgement(
    section: Section, names: Names, moment: Moment
) -> Acknowledge | AcknowledgeAfter | None:
    by, match = section.text("by") or "somebody", _match(section, names)
    after = span_at(section, "after")
    if after is not None:
        return AcknowledgeAfter(after, by, match)
    at = moment(section, "at")
    return None if at is None else Acknowledge(at, by, match)


def _silence(section: Section, number: int, names: Names, moment: Moment) -> Hush | None:
    at, lasts = moment(section, "at"), span_at(section, "for")
    if lasts is None:
        section.fault("for", _SPAN_EXPECTED)
    if at is None or lasts is None:
        return None
    author, reason = section.text("by") or "somebody", section.text("reason") or "no reason given"
    match = _match(section, names)
    return Hush(at, Silence(number, match, author, reason, at, at + lasts, at))


def _match(section: Section, names: Names) -> Match:
    return read_match(section, "match", names) if "match" in section.content else Match()
