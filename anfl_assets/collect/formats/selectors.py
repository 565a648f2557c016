"""Which samples of a metrics exposition a feed asks for: names and label matchers, as PromQL.

Types and their text form only; `samples.py` applies them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r"[a-zA-Z_][a-zA-Z0-9_]*"
QUOTED = r'"(?:[^"\\]|\\.)*"'
_SELECTOR = re.compile(rf"\s*({NAME})\s*(?:\{{(.*)\}})?\s*", re.DOTALL)
_MATCHER = re.compile(rf"\s*({LABEL})\s*(=~|!~|!=|=)\s*({QUOTED})\s*(?:,|$)")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class Operator(StrEnum):
    """How a label's value is compared; regular expressions match the whole value."""

    IS = "="
    IS_NOT = "!="
    MATCHES = "=~"
    MATCHES_NOT = "!~"


@dataclass(frozen=True)
class Matcher:
    """One condition on a label; a label that is absent counts as empty."""

    label: str
    operator: Operator
    value: str

    def holds(self, labels: Mapping[str, str]) -> bool:
        """Whether a sample with these labels is asked for."""
        found = labels.get(self.label, "")
        if self.operator in (Operator.IS, Operator.IS_NOT):
            return (found == self.value) is (self.operator is Operator.IS)
        is_match = re.fullmatch(self.value, found) is not None
        return is_match is (self.operator is Operator.MATCHES)


@dataclass(frozen=True)
class Selector:
    """A metric's name and the matchers its samples must all satisfy.

    `absent` is what a row has in its column where none does: null, or a number as text.
    """

    name: str
    matchers: tuple[Matcher, ...] = ()
    absent: str | None = None

    def holds(self, labels: Mapping[str, str]) -> bool:
        """Whether a sample of this name with these labels is asked for."""
        return all(matcher.holds(labels) for matcher in self.matchers)


def parse_selector(text: str) -> Selector | None:
    """Return the selector that `name{label="x", other!~"y.*"}` writes, None where it is none."""
    found = _SELECTOR.fullmatch(text)
    if found is None:
        return None
    inside, matchers = (found[2] or "").strip(), []
    while inside:
        part = _MATCHER.match(inside)
        if part is None:
            return None
        matcher = Matcher(part[1], Operator(part[2]), unescaped(part[3][1:-1]))
        if matcher.operator in (Operator.MATCHES, Operator.MATCHES_NOT):
            try:
                re.compile(matcher.value)
            except re.error:
                return None
        matchers.append(matcher)
        inside = inside[part.end() :]
    return Selector(found[1], tuple(matchers))


def unescaped(text: str) -> str:
    r"""Return a quoted text's meaning: `\n` is a new line, any other escaped character itself."""
    if "\\" not in text:
        return text
    return _ESCAPED.sub(lambda found: "\n" if found[1] == "n" else found[1], text)
