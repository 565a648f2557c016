"""Slack's markup as HTML: what it highlights is highlighted, all else is text."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

_CODE = re.compile(r"```(.+?)```|`([^`\n]+)`", re.DOTALL)
_ANGLES = re.compile(r"<([^<>\n]*)>")
_STYLES = (
    (re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])"), "b"),
    (re.compile(r"(?<![\w_])_(?=\S)([^_\n]+?)(?<=\S)_(?![\w_])"), "i"),
    (re.compile(r"(?<![\w~])~(?=\S)([^~\n]+?)(?<=\S)~(?![\w~])"), "s"),
)
_QUOTE = re.compile(r"^&gt; ?(.*)$", re.MULTILINE)
_HELD = re.compile("\x02(\\d+)\x03")
_SAFE = ("http://", "https://", "mailto:")
_EMOJI = {
    "rotating_light": "\N{POLICE CARS REVOLVING LIGHT}",
    "warning": "\N{WARNING SIGN}",
    "white_check_mark": "\N{WHITE HEAVY CHECK MARK}",
    "information_source": "\N{INFORMATION SOURCE}",
    "bell": "\N{BELL}",
    "eyes": "\N{EYES}",
    "red_circle": "\N{LARGE RED CIRCLE}",
    "large_green_circle": "\N{LARGE GREEN CIRCLE}",
}


def mrkdwn(text: object) -> Markup:
    """Return a text in Slack's markup as HTML in which nothing but our own tags is alive."""
    held: list[Markup] = []

    def hold(made: Markup) -> str:
        held.append(made)
        return f"\x02{len(held) - 1}\x03"

    bare = str(text).replace("\x02", "").replace("\x03", "")
    bare = _CODE.sub(lambda found: hold(_code(found)), bare)
    bare = _ANGLES.sub(lambda found: hold(_reference(found[1])), bare)
    made = str(escape(_told(bare)))
    for pattern, tag in _STYLES:
        made = pattern.sub(rf"<{tag}>\1</{tag}>", made)
    made = _QUOTE.sub(r"<q>\1</q>", made)
    # Twice: code may stand inside a reference's label.
    for _ in range(2):
        made = _HELD.sub(lambda found: str(held[int(found[1])]), made)
    return Markup(made.replace("\n", "<br>"))  # noqa: S704 - every part was escaped above


def plain(text: object, has_emoji: object = True) -> Markup:  # noqa: FBT002 - Slack's own flag
    """Return a plain text, in which Slack reads at most names of emoji."""
    told = _emoji(str(text)) if has_emoji else str(text)
    return Markup(str(escape(told)).replace("\n", "<br>"))  # noqa: S704 - escaped


def is_web(url: object) -> bool:
    """Whether a link may be clicked: no other scheme than the web's and mail's."""
    return isinstance(url, str) and url.lower().startswith(_SAFE)


def _code(found: re.Match[str]) -> Markup:
    block, word = found.groups()
    if block:
        return Markup("<pre>{}</pre>").format(_told(block))
    return Markup("<code>{}</code>").format(_told(word))


def _reference(inner: str) -> Markup:
    """Return what stands in angle brackets: a mention, a channel or a link."""
    target, _, label = inner.partition("|")
    if target[:1] in {"!", "@", "#"}:
        name = label or target[1:].split("^")[0]
        sign = "#" if target[0] == "#" else "@"
        return Markup('<span class="mention">{}{}</span>').format(sign, _told(name).lstrip("@#"))
    if not is_web(target):
        return escape(f"<{_told(inner)}>")
    link = Markup('<a href="{}" target="_blank" rel="noreferrer noopener">{}</a>')
    return link.format(_told(target), _told(label or target))


def _told(text: str) -> str:
    """Return a text with Slack's three escapes undone, and emoji by their names."""
    return _emoji(text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))


def _emoji(text: str) -> str:
    return re.sub(r":(\w+):", lambda found: _EMOJI.get(found[1], found[0]), text)
