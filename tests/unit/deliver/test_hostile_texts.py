"""Whatever stands in a name: every medium makes its message, within its limits and inert."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from html.parser import HTMLParser

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from anfl_assets.deliver.blocks import blocks, fallback_text
from anfl_assets.deliver.mail import html, mail, text
from anfl_assets.deliver.message import Line, Message, from_json, to_json
from anfl_assets.deliver.pagerduty import event
from anfl_assets.deliver.short import sms, summary
from anfl_assets.deliver.story import acknowledging
from anfl_assets.deliver.webhook import body
from anfl_assets.wording.inert import ascii_folded, one_line, web_address
from tests.unit.deliver.samples import BEGAN, FIRST, LATENCY

HOSTILE = (
    "<!channel>",
    "<!here|x>",
    "<@U1> <#C1>",
    "<http://evil.example|click>",
    "http://evil.example/x www.evil.example",
    "x\r\nBcc: all@example.org\r\n\r\nbody",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }} {% raw %}",
    "=HYPERLINK(1) +1 -1 @x",
    "\x00\x1b[31m\x7f\u202egnp.exe\u2028\ufeff",
    "\ud800\udfff",
    "ﷺ" * 400,
    "a\u0301" * 5_000,
    "x" * 10_240,
    "🔥" * 3_000,
    "&" * 10_000,
    "[`{^}~\\|" * 200,
    "",
    " \t\n",
)
_TAGS = re.compile(r"<(?!https?://[^|<>]+\|(Runbook|Details)>)[^>]*>")

hostile = st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(), max_size=60))
numbers = st.floats(allow_nan=True, allow_infinity=True)
lines = st.builds(
    replace,
    st.just(LATENCY),
    metric_id=hostile,
    label=hostile,
    subject=hostile,
    status=st.sampled_from(["breached", "off_target", "no_data", "insufficient", "x<y"]),
    value=st.none() | numbers,
    unit=st.just("count") | hostile,
    target=numbers,
    target_operator=st.sampled_from(["<", "<=", ">", ">=", "", "<script>"]),
    threshold=numbers,
    since=st.none() | st.just(BEGAN),
    is_over=st.booleans(),
    detail=hostile,
)
REASONS = [
    "first",
    "update",
    "repeat",
    "escalation",
    "reminder",
    "acknowledged",
    "flapping",
    "recovery",
    "digest",
    "canary",
    "test",
    "watch",
]
messages = st.builds(
    replace,
    st.just(FIRST),
    reason=st.sampled_from(REASONS),
    severity=st.sampled_from(["critical", "warning", "information"]) | hostile,
    at=st.just(BEGAN + timedelta(days=40)),
    dedup_key=hostile,
    lines=st.lists(lines, max_size=3).map(tuple),
    line_count=st.integers(0, 10**9),
    suppressed_count=st.integers(0, 10**9),
    level=hostile,
    owner=hostile,
    note=hostile,
    runbook=st.none() | hostile | st.just("https://a.example/" + "&" * 470),
    link=st.none() | hostile,
    acknowledged_by=st.none() | hostile,
    organisation=hostile,
    is_simulated=st.booleans(),
    subject_line=st.just("") | hostile,
)  # fmt: skip
letters = st.builds(
    lambda message, others: replace(message, collected=tuple(others)),
    messages,
    st.lists(messages, max_size=2),
)
# A failure is told as it was found: making it smaller takes minutes.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
often = settings(max_examples=25, deadline=None, phases=PHASES)


@often
@given(letters)
def test_an_sms_is_short_plain_and_without_links(message: Message) -> None:
    told = sms(message)
    assert 0 < len(told) <= 306
    assert (acknowledging(message) or "") in told
    assert re.fullmatch(r"[ -~]+", told)
    assert not re.search(r"[`\[\]{}^~\\|]|://|www\.", told)
    assert not re.search(r"[A-Za-z0-9]\.[A-Za-z]{2}", told)


@often
@given(letters)
def test_slack_sees_no_mention_and_takes_every_block(message: Message) -> None:
    made = blocks(message)
    assert len(made) <= 50
    assert len(fallback_text(message)) <= 3_000
    assert not re.search(r"[<>]", fallback_text(message))
    for block in Block.parse_all(made):
        block.validate_json()
    for marked in _marked_texts(made):
        assert len(marked) <= 3_000
        assert not _TAGS.search(marked)


def _marked_texts(value: object) -> list[str]:
    if isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            return [str(value["text"])]
        assert value.get("type") != "plain_text" or 0 < len(str(value["text"])) <= 3_000
        return [text for inner in value.values() for text in _marked_texts(inner)]
    return (
        [text for inner in value for text in _marked_texts(inner)]
        if isinstance(value, list)
        else []
    )


@often
@given(letters)
def test_pagerduty_takes_every_event(message: Message) -> None:
    made = event(message, "KEY", "trigger")
    sent = json.dumps(made).encode("ascii")
    assert len(sent) < 512_000
    assert 0 < len(made["payload"]["summary"]) <= 1_024
    assert 0 < len(made["dedup_key"]) <= 255
    assert made["payload"]["source"]
    assert "\n" not in summary(message)


class _Page(HTMLParser):
    """Notes what a page has that could act or load."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.names: set[str] = set()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note one."""
        self.tags.add(tag)
        self.names |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]


OURS = {
    *[
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "main",
        "div",
        "h1",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "ul",
        "li",
    ]
}
OURS |= {"code", "a"}


@often
@given(letters)
def test_a_page_has_no_tag_that_is_not_ours(message: Message) -> None:
    page = _Page()
    page.feed(html(message, has_chart=False))
    assert page.tags <= OURS
    assert not any(name.startswith("on") for name in page.names)
    assert all(web_address(link) for link in page.links)


@often
@given(letters)
def test_a_mail_is_always_made_and_has_only_our_headers(message: Message) -> None:
    made = mail(message, sender="a@example.org", to="b@example.org", thread={}, chart=b"png")
    read = message_from_bytes(made.as_bytes(), policy=policy.SMTP)
    assert read["Bcc"] is None
    assert read.get_all("To") == ["b@example.org"]
    assert len(str(read["Subject"])) <= 220
    assert "\r" not in text(message)


@often
@given(letters, st.text(max_size=20))
def test_a_hook_is_told_every_message(message: Message, contact: str) -> None:
    assert json.loads(body(message, contact))["schema"] == "anfl.alert/1"


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_a_name_is_one_visible_line(name: str) -> None:
    told = one_line(name)
    assert len(told) <= 200
    assert told.isprintable()
    assert ascii_folded(name).isascii()


@often
@given(messages)
def test_the_outbox_keeps_every_message_as_it_was(message: Message) -> None:
    finite = replace(message, lines=tuple(_finite(line) for line in message.lines))
    assert from_json(to_json(finite)) == finite


def _finite(line: Line) -> Line:
    return replace(line, value=1.5, target=1, threshold=2)
