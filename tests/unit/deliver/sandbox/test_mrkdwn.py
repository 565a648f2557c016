"""Slack's markup as HTML: shown as Slack shows it, and never alive."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anfl_assets.deliver.sandbox.mrkdwn import mrkdwn, plain

_LINK = '<a href="https://a.example/" target="_blank" rel="noreferrer noopener">{}</a>'
_OURS = {"b", "i", "s", "q", "br", "pre", "code", "span", "a"}


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*slow* _now_ ~then~", "<b>slow</b> <i>now</i> <s>then</s>"),
        ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"),
        ("`*x*`", "<code>*x*</code>"),
        ("a\nb", "a<br>b"),
        ("<https://a.example/|Runbook>", _LINK.format("Runbook")),
        ("<https://a.example/>", _LINK.format("https://a.example/")),
        ("<javascript:alert(1)|x>", "&lt;javascript:alert(1)|x&gt;"),
        ("<!channel>", '<span class="mention">@channel</span>'),
        ("&lt;!channel&gt;", "&lt;!channel&gt;"),
        ("&gt; quoted", "<q>quoted</q>"),
        ("<b>&amp;lt;", "&lt;b&gt;&amp;lt;"),
        (":warning: :no_such:", "\N{WARNING SIGN} :no_such:"),
    ],
)
def test_markup_reads_as_in_slack(text: str, html: str) -> None:
    assert str(mrkdwn(text)) == html


def test_a_plain_text_has_no_markup() -> None:
    assert str(plain("*a* <!channel>\n:warning:", has_emoji=False)) == (
        "*a* &lt;!channel&gt;<br>:warning:"
    )


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, list[tuple[str, str | None]]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, attrs))


@given(st.text(alphabet="<>!@#|&;lgt`*_~\"'=:/ \n\x020\x03abhttps", max_size=60))
def test_no_text_makes_a_tag_or_an_attribute_of_its_own(text: str) -> None:
    parser = _Tags()
    parser.feed(str(mrkdwn(text)))
    for tag, attributes in parser.found:
        assert tag in _OURS
        assert {name for name, _ in attributes} <= {"href", "target", "rel", "class"}
        assert all(
            str(value).startswith(("http://", "https://", "mailto:"))
            for name, value in attributes
            if name == "href"
        )
