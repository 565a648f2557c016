"""Text of others made harmless: what came in a file must not command a phone, a page or a mail.

Names of metrics, subjects, owners and people come from outside. Each medium has its own active
characters; whatever stands in a name, a message is made and goes out.
"""

from __future__ import annotations

import re
import unicodedata

NAME_LENGTH = 200
_CUT = "…"
_REPLACED = "\N{REPLACEMENT CHARACTER}"
_URL = re.compile(r"https?://[^\s]+", re.IGNORECASE)
_URL_LENGTH = 500
_URL_UNSAFE = re.compile(r"[<>\"'`|\\^{}*]|[^\x21-\x7e]")
# What ends a link for a phone that makes one of every word with a dot in it.
_DOMAIN_DOT = re.compile(r"(?<=[0-9A-Za-z_-])\.(?=[A-Za-z]{2})")
# Not in GSM 03.38, or worth two letters there: one of them would halve the length of the message.
_GSM = str.maketrans(
    {"`": "'", "[": "(", "{": "(", "]": ")", "}": ")", "^": "-", "~": "-", "\\": "/", "|": "/"}
)
_ASCII = str.maketrans(
    {"–": "-", "—": "-", "−": "-", "…": "...", "≤": "<=", "≥": ">=", "×": "x", "µ": "u", "μ": "u"}  # noqa: RUF001
    | {"‘": "'", "’": "'", "“": '"', "”": '"', "ß": "ss", "æ": "ae", "ø": "o", "ł": "l", "€": "EUR"}  # noqa: RUF001
)


def cut(text: str, limit: int) -> str:
    """Return a text of at most `limit` characters, never cut within one."""
    return text if len(text) <= limit else text[: limit - len(_CUT)] + _CUT


def one_line(text: str, limit: int = NAME_LENGTH) -> str:
    """Return a text on one line without control, bidirectional or undecodable characters."""
    # Only what can be seen is worth the work: a name of megabytes costs no more than a long one.
    seen = " ".join(text[: limit * 8].split())
    return cut("".join(each if each.isprintable() else _REPLACED for each in seen), limit)


def utf8(text: str) -> bytes:
    r"""Return a text as UTF-8; half a surrogate pair, which that cannot say, as JSON's `\ud83d`."""
    return text.encode("utf-8", "backslashreplace")


def slack_escaped(text: str) -> str:
    """Return a text in which Slack sees no mention, link or command."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def ascii_folded(text: str) -> str:
    """Return a text in the letters every phone has, each worth one place of an SMS."""
    plain = unicodedata.normalize("NFKD", text.translate(_ASCII)).translate(_ASCII)
    kept = (each for each in plain if not unicodedata.combining(each))
    return "".join(each if " " <= each <= "~" else "?" for each in kept).translate(_GSM)


def defanged(text: str) -> str:
    """Return a text of which a phone makes no link."""
    return _DOMAIN_DOT.sub("(.)", text.replace("://", "(:)//"))


def web_address(text: str | None) -> str | None:
    """Return an http(s) address fit to be a link in every medium; None for anything else."""
    if text is None or len(text) > _URL_LENGTH:
        return None
    whole = text.strip()
    if not _URL.fullmatch(whole) or _URL_UNSAFE.search(whole):
        return None
    return whole
