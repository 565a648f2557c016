"""Each canonical column of a draft: the YAML that fills it, and why, for a person to check."""

from __future__ import annotations

import re
from dataclasses import dataclass

import yaml

from anfl_assets.collect.infer.guess import Guess
from anfl_assets.collect.infer.named import words
from anfl_assets.collect.infer.slots import DOWN, UP
from anfl_assets.collect.infer.traits import Times, Traits
from anfl_assets.frames import TABLES, Column

_DAY_S = 86_400.0
_UNITS = (
    (r"(ns|nanos\w*)", "ns"),
    (r"(us|micros\w*)", "us"),
    (r"(ms|msec|millis\w*)", "ms"),
    (r"(s|sec|secs|seconds?)", "s"),
    (r"(min|minutes?)", "min"),
)
_RESOURCES = ("cpu", "memory", "mem", "disk", "gpu", "network")
_KINDS = (
    (r"\b([dwm]au|active)\b", "active_users"),
    (r"\b(new|signups?|registrations?)\b", "new_users"),
    (r"\bfeature\b", "feature_use"),
)
_SCALES = ((5, 1), (10, 0), (100, 0))


@dataclass(frozen=True)
class Line:
    """`column: value  # why` of a draft."""

    column: str
    value: str
    why: str = ""


def lines(guess: Guess, title: str) -> list[Line]:
    """Return a line for each canonical column that something fills."""
    found = [_line(column, guess, title) for column in TABLES[guess.entity].columns]
    return [line for line in found if line is not None]


def _line(column: Column, guess: Guess, title: str) -> Line | None:
    traits = guess.found.get(column.name)
    if column.name == "amount" and guess.product is not None:
        pair = flow([part.name for part in guess.product])
        return Line(column.name, f"{{product: {pair}}}", "quantity times the price of one")
    if traits is None:
        return None if column.is_nullable else _constant(column, guess, title)
    if column.dtype.is_temporal():
        return _time(column, traits, traits.times or Times(None, has_offset=False))
    if column.name in ("is_up", "is_error"):
        return _state(column, traits)
    if column.name == "kind" and guess.entity == "usage_windows":
        return Line(column.name, flow(traits.name), "active_users, new_users or feature_use?")
    unit, why = _unit(column, traits)
    if column.unit == "count" and traits.is_growing:
        why = "check: it only grows; a counter needs a `rate` in `shape`"
    name = flow(traits.name)
    return Line(column.name, name if unit is None else f"{{from: {name}, unit: {unit}}}", why)


def flow(value: object) -> str:
    """Return a value as it stands on one line of YAML."""
    text = yaml.safe_dump(
        value, default_flow_style=True, width=10_000, allow_unicode=True, sort_keys=False
    )
    return text.strip().removesuffix("...").strip()


def _time(column: Column, traits: Traits, times: Times) -> Line:
    parts, why = [f"from: {flow(traits.name)}"], ""
    if times.format is not None:
        shown = times.format if times.format.startswith("epoch") else f'"{times.format}"'
        parts.append(f"format: {shown}")
    is_local = not times.has_offset and column.unit == "UTC"
    if is_local:
        parts.append("zone: UTC")
        why = "check: the times say no zone"
    if times.is_ambiguous:
        why = "check: day and month may be the other way round" + (", and the zone" * is_local)
    value = flow(traits.name) if len(parts) == 1 else f"{{{', '.join(parts)}}}"
    return Line(column.name, value, why)


def _state(column: Column, traits: Traits) -> Line:
    texts = [text for text in traits.distinct if text]
    is_turned = column.name == "is_error" and bool(re.search(r"\b(success|ok)\b", traits.words))
    if (traits.is_truth or set(texts) <= {"0", "1"}) and not is_turned:
        return Line(column.name, flow(traits.name))
    good = {*UP, "true", "1"} if column.name == "is_up" or is_turned else {*DOWN, "true", "1"}
    values = {text: text.strip().lower() in good for text in texts}
    if is_turned:
        values = {text: not value for text, value in values.items()}
    return Line(column.name, f"{{from: {flow(traits.name)}, values: {flow(values)}}}")


def _unit(column: Column, traits: Traits) -> tuple[str | None, str]:
    if column.unit == "%":
        is_ratio = traits.high is not None and traits.high <= 1
        return ("ratio", "no value is above 1") if is_ratio else (None, "")
    if column.unit != "ms":
        return None, ""
    for pattern, unit in _UNITS:
        if re.search(rf"\b{pattern}$", traits.words):
            return (None, "") if unit == "ms" else (unit, "")
    return "ms", "check: the unit is not told"


def _constant(column: Column, guess: Guess, title: str) -> Line | None:  # noqa: C901, PLR0911 (one case for each column)
    told = " ".join([*(traits.words for traits in guess.found.values()), words(title)])
    end = guess.found.get("period_start_on")
    match column.name:
        case "resource":
            found = next((name for name in _RESOURCES if name in told.split()), None)
            why = "from the name" if found else "check: which resource is not told"
            return _fixed(column, "memory" if found == "mem" else found or "cpu", why)
        case "window_s":
            step = next((t.times.step_s for t in guess.found.values() if t.times), None)
            return _fixed(column, step or _DAY_S, "seconds between most rows")
        case "error_count":
            return _fixed(column, 0, "check: failures are not told")
        case "is_error":
            return _fixed(column, value=False, why="check: failures are not told")
        case "scale_min" | "scale_max":
            low, high = _scale(guess.found["score"])
            return _fixed(column, low if column.name == "scale_min" else high, "check the scale")
        case "currency":
            return _fixed(column, "EUR", "check: no column tells the currency")
        case "period_end_on" if end is not None and end.times is not None:
            line = _time(column, end, end.times)
            return Line(column.name, line.value, "check: each row is taken for one day")
        case "kind" if guess.entity == "orders":
            return _order_kind(guess.found.get("order_id"))
        case "kind" if guess.entity == "usage_windows":
            kinds = [kind for pattern, kind in _KINDS if re.search(pattern, told)]
            why = "from the name" if kinds else "check: what is counted"
            return _fixed(column, kinds[0] if kinds else "active_users", why)
        case "unit":
            return _fixed(column, guess.found["amount"].name, "check: what is counted")
        case "kind":
            return _fixed(column, "item", "no column tells it")
        case _:
            return _fixed(column, title, "from the source's name")


def _fixed(column: Column, value: object, why: str) -> Line:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return Line(column.name, f"{{constant: {flow(value)}}}", why)


def _scale(score: Traits) -> tuple[int, int]:
    high = score.high or 0
    return next(((low, end) for end, low in _SCALES if high <= end), (0, 100))


def _order_kind(order: Traits | None) -> Line:
    if order is not None and any(re.match(r"[Cc]\d", text) for text in order.distinct):
        values = flow({"^[Cc]": "refund", ".*": "sale"})
        why = "check: C before a number is taken for a refund"
        return Line("kind", f"{{from: {flow(order.name)}, match: {values}}}", why)
    return Line("kind", "{constant: sale}", "check: refunds as negative amounts?")
