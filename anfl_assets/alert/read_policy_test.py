"""Reading a file of policy tests.

```yaml
policy: alerts.yaml          # beside this file; left out: the catalog's own policy
tests:
  - name: A breach pages whoever is on call
    interval: 5m             # the windows' length
    start: 2026-03-02T12:00Z # when the first window ends (this is the default, a Monday)
    series:
      - {metric: inference_latency, subject: chat, values: "40x2 120x5 40x2"}
    ack: [{at: 27m, by: ana}]
    until: 2h                # default: the last window, act or expectation
    expect:                  # everything that is sent, and nothing else
      - {at: 20m, reason: first, to: [PagerDuty, SMS, Email]}
      - {at: 25m, reason: repeat, to: [PagerDuty/on_call, SMS/on_call, Email/on_call]}
```
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import get_args

from anfl_assets.alert.act import AcknowledgeAfter
from anfl_assets.alert.policy_test import MOST_WINDOWS, Expected, PolicyTest, Series, expanded
from anfl_assets.alert.read_acts import KEYS, parse_span, read_acts, span_at
from anfl_assets.alert.read_match import Names, metric_id
from anfl_assets.alert.read_value import moment
from anfl_assets.config.section import Section
from anfl_assets.store.alerts.records import Reason

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
_FIVE = timedelta(minutes=5)
_LIVE = "5 minutes"
_TEST = ("name", "interval", "start", "series", "until", "expect", *KEYS)


def read_tests(section: Section, names: Names) -> tuple[PolicyTest, ...]:
    """Read the tests of a file; what is wrong is noted in the section's faults."""
    section.only(("policy", "tests"))
    tests = tuple(_test(inner, names) for inner in section.items("tests"))
    if not tests and not section.faults:
        section.fault("tests", "a list of tests")
    return tests


def _test(section: Section, names: Names) -> PolicyTest:
    section.only(_TEST)
    start = (moment(section, "start") if "start" in section.content else None) or START
    interval = span_at(section, "interval") or _FIVE
    series = tuple(_all_series(section, names))
    acts = read_acts(section, names, lambda inner, key: _at(inner, key, start))
    expected = tuple(each for inner in section.items("expect") for each in _expected(inner, names))
    if "expect" not in section.content:
        section.fault("expect", "what is sent; [] where nobody is told")
    last = [
        *(interval * (len(each.values) - 1) for each in series),
        *(each.at for each in expected),
        *(act.at - start for act in acts if not isinstance(act, AcknowledgeAfter)),
    ]
    length = span_at(section, "until") or max(last, default=timedelta())
    name = section.text("name") or section.key
    return PolicyTest(name, start, interval, length, series, acts, expected)


def _all_series(section: Section, names: Names) -> Iterator[Series]:
    alone = section.section("series") if isinstance(section.content.get("series"), dict) else None
    found = [alone] if alone else [*section.items("series")]
    if not found:
        section.fault("series", "a list of {metric, subject, values}")
    for inner in found:
        inner.only(("metric", "subject", "grain", "values"))
        word = inner.text("metric") or ""
        values = expanded(inner.text("values") or "")
        if not values:
            inner.fault(
                "values", f"values such as '40x3 120 _ ?', at most {MOST_WINDOWS:,} of them"
            )
        ident = metric_id(inner, "metric", word, names)
        metric = names.catalog.metrics.get(ident or "")
        if metric is None:
            if ident is not None:
                inner.fault("metric", "a metric of the catalog: our own signals have no series")
            continue
        default = _LIVE if _LIVE in metric.grains else metric.headline_grain
        grain = inner.choice("grain", metric.grains) or default
        yield Series(metric.metric_id, inner.text("subject") or "all", grain, values or ())


def _expected(section: Section, names: Names) -> Iterator[Expected]:
    section.only(("at", "reason", "to", "metric"))
    at = span_at(section, "at")
    reason = section.choice("reason", get_args(Reason))
    targets = section.texts("to")
    if at is None or reason is None or not targets:
        for key in ("at", "reason", "to"):
            if key not in section.content:
                section.fault(key, "{at: 20m, reason: first, to: [PagerDuty, Email/owner]}")
        return
    word = section.text("metric")
    ident = metric_id(section, "metric", word, names) if word else None
    for target in targets:
        channel, _, recipient = target.partition("/")
        if channel not in names.channels:
            section.fault("to", f"channels, each one of {', '.join(names.channels)}", repr(channel))
        yield Expected(at, reason, channel, recipient or None, ident)


def _at(section: Section, key: str, start: datetime) -> datetime | None:
    text = section.text(key)
    span = None if text is None else parse_span(text)
    if span is None:
        section.fault(key, "a span since the start, such as 12m")
        return None
    return start + span
