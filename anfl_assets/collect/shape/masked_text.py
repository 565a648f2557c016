"""What names a person inside free text, replaced by what it is, such as `[email]`.

Patterns find what has a form: addresses, numbers, users in URLs. Names in prose have none and stay;
a column of names is masked whole.
"""

from __future__ import annotations

import polars as pl

_CARD = r"\b[1-9](?:[ -]?[0-9]){12,18}\b"
_IPV4 = r"\b(?:(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\.){3}(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\b"
_IPV6 = (
    r"(?i)(?:\b(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}\b"
    r"|\b(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6}\b|\b(?:[0-9a-f]{1,4}:){2,7}:)"
)
# A phone number says so by a `+`, a bracket, an area code with a leading zero or the American form;
# years, dates, opening hours and plain counts have none of these.
_PHONE = (
    r"\+[0-9](?:[ .()/-]{0,2}[0-9]){6,14}\b"
    r"|\b00[1-9](?:[ .()/-]{0,2}[0-9]){6,14}\b"
    r"|\([0-9]{2,5}\)(?:[ .-]?[0-9]){5,10}\b"
    r"|\b0[0-9]{2,4}[ /.-]?[0-9]{5,8}\b"
    r"|\b0[0-9]{2,4}[ /.-][0-9]{3,4}(?:[ /.-][0-9]{2,4}){1,3}\b"
    r"|\b[0-9]{3}[ .-][0-9]{3}[ .-][0-9]{4}\b"
)
# In this order: an address in a URL is no e-mail address, a card's digits no phone number.
_REPLACED = (
    (r"(?i)\b([a-z][a-z0-9+.-]*://)[^\s/@]+@", "${1}[user]@"),
    (r"(?i)(\b(?:mailto:)?)[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+", "${1}[email]"),
    (_IPV6, "[ip]"),
    (_IPV4, "[ip]"),
    (_CARD, "[card]"),
    (_PHONE, "[phone]"),
)


def without_persons(texts: pl.Series) -> pl.Series:
    """Return the texts with e-mail and IP addresses, cards, phones and URLs' users replaced."""
    for pattern, replacement in _REPLACED:
        texts = texts.str.replace_all(pattern, replacement)
    return texts
