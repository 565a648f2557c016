"""Which entity a source's columns make, and which column is which."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from anfl_assets.collect.infer.named import words
from anfl_assets.collect.infer.sample import Sample
from anfl_assets.collect.infer.slots import (
    DOWN,
    HINTS,
    NAMELESS,
    SLOTS,
    UNWANTED,
    UP,
    Fit,
    Slot,
)
from anfl_assets.collect.infer.traits import Traits, traits_of
from anfl_assets.frames import TABLES

_EXACT, _BEST, _STEP, _HINT, _CORE = 6.0, 4.0, 0.25, 2.0, 1.5
_LAST_STATUS, _HUNDRED = 599, 100.5


@dataclass(frozen=True)
class Guess:
    """One entity a source may hold: its columns, how well they fit, what it lacks."""

    entity: str
    found: Mapping[str, Traits]
    product: tuple[Traits, Traits] | None
    score: float
    lacks: tuple[str, ...]
    hint: str | None


@dataclass(frozen=True)
class Guesses:
    """Every entity, the likeliest first; `traits` are of all columns."""

    title: str
    traits: tuple[Traits, ...]
    ordered: tuple[Guess, ...] = field(default=())

    @property
    def best(self) -> Guess | None:
        """The likeliest entity that lacks nothing, None where none fits."""
        return next((guess for guess in self.ordered if not guess.lacks), None)


def guesses(sample: Sample) -> Guesses:
    """Compare a sample with every entity."""
    traits = tuple(
        traits_of(sample.rows[name], called=sample.title if words(name) in NAMELESS else None)
        for name in sample.rows.columns
    )
    told = " | ".join([words(sample.title), *(column.words for column in traits)])
    found = [_guess(entity, traits, told) for entity in TABLES]
    ordered = sorted(found, key=lambda guess: (len(guess.lacks), -guess.score))
    return Guesses(sample.title, traits, tuple(ordered))


def _guess(entity: str, traits: Sequence[Traits], told: str) -> Guess:
    hint = re.search(HINTS[entity], told)
    free = list(traits)
    found: dict[str, Traits] = {}
    product = _product(free) if entity == "orders" else None
    score = _HINT if hint else 0.0
    for slot in sorted(SLOTS[entity], key=lambda slot: not slot.is_core):
        ranked = [(_rank(slot, column), column) for column in free]
        best = max(ranked, key=lambda pair: pair[0], default=(0.0, None))
        if best[1] is None or best[0] <= 0:
            continue
        found[slot.column] = best[1]
        free = [column for column in free if column is not best[1] or _is_shared(slot)]
        score += best[0] * (_CORE if slot.is_core else 1.0)
    if product is not None and _is_partial(found.get("amount"), product):
        found.pop("amount", None)
        score += _BEST
    else:
        product = None
    return Guess(entity, found, product, score, _lacks(entity, found, hint, product), _word(hint))


def _word(hint: re.Match[str] | None) -> str | None:
    return None if hint is None else hint[0]


def _is_shared(slot: Slot) -> bool:
    """Whether a column may serve another canonical column as well."""
    return slot.column == "order_id"


def _is_partial(amount: Traits | None, product: tuple[Traits, Traits]) -> bool:
    return amount is None or amount in product


def _product(traits: Sequence[Traits]) -> tuple[Traits, Traits] | None:
    """Return the quantity and the price of one, where both are there."""
    quantity = next((c for c in traits if c.is_number and "quantity" in c.words), None)
    price = next(
        (c for c in traits if c.is_number and re.search(r"\bprice\b|\bunit cost\b", c.words)), None
    )
    return None if quantity is None or price is None else (quantity, price)


def _lacks(
    entity: str,
    found: Mapping[str, Traits],
    hint: re.Match[str] | None,
    product: tuple[Traits, Traits] | None,
) -> tuple[str, ...]:
    lacking = [slot.column for slot in SLOTS[entity] if slot.is_core and slot.column not in found]
    if product is not None and "amount" in lacking:
        lacking.remove("amount")
    if entity == "requests" and not {"latency_ms", "is_error"} & set(found) and hint is None:
        lacking.append("latency_ms or is_error")
    if entity == "usage_windows" and hint is None and "kind" not in found:
        lacking.append("kind")
    if entity == "accesses" and hint is None and "bytes" not in found:
        lacking.append("bytes, a path or a method")
    return tuple(lacking)


def _rank(slot: Slot, column: Traits) -> float:
    """Return how well a column serves, 0 where it does not."""
    if column.words == words(slot.column) and (slot.fit is not Fit.TIME or column.times):
        return _EXACT
    if column.words == words(slot.column) and not column.filled:
        return _STEP
    if not _fits(slot, column) or re.search(UNWANTED, column.words):
        return 0.0
    for place, name in enumerate(slot.names):
        if re.search(rf"(?<!\w){name}s?(?!\w)", column.words):
            return max(_BEST - place * _STEP, 0.5)
    # A time is known by its values, whatever it is called.
    is_event = slot.is_core and slot.fit is Fit.TIME and slot.column not in _NAMED_TIMES
    return 0.5 if is_event else 0.0


_NAMED_TIMES = ("created_at", "requested_at")


def _fits(slot: Slot, column: Traits) -> bool:
    if not column.filled:
        return False
    match slot.fit:
        case Fit.TIME:
            return column.times is not None
        case Fit.TEXT:
            is_measure = column.is_number and not column.is_whole
            return column.times is None and not is_measure and not column.is_list
        case Fit.STATE:
            return is_state(column)
        case _:
            return (
                column.low is not None
                and column.high is not None
                and _in_range(slot.fit, column, column.low, column.high)
            )


def _in_range(fit: Fit, column: Traits, low: float, high: float) -> bool:
    match fit:
        case Fit.COUNT:
            return low >= 0 and column.is_whole
        case Fit.PERCENT:
            is_size = re.search(r"\b([kmgt]i?b|bytes|count|ms)\b", column.words) is not None
            return low >= 0 and high <= _HUNDRED and not is_size
        case Fit.SCORE:
            return low >= 0 and high <= _HUNDRED
        case Fit.STATUS:
            return low >= 100 and high <= _LAST_STATUS and column.is_whole  # noqa: PLR2004 (HTTP)
        case _:
            return column.times is None or column.times.format is not None


def is_state(column: Traits) -> bool:
    """Whether a column tells two states: truth values, 0 and 1, or words for up and down."""
    texts = {text.strip().lower() for text in column.distinct}
    return bool(texts) and (column.is_truth or texts <= {"0", "1"} or texts <= {*UP, *DOWN})
