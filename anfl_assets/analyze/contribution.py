"""What each subject of a whole contributed to a change of it (specification §3.1).

Shapes, and the parts that ratios, sums and means fall into; growth is split in
`contribution_growth.py`, percentiles in `contribution_percentile.py`. The parts of every method
add up to the change of the whole, whatever came or went. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

Effect = Literal["volume", "mix", "rate", "numerator", "denominator"]


class Ratio(NamedTuple):
    """One subject in one window: its part of the upper and of the lower sum."""

    numerator: float
    denominator: float


@dataclass(frozen=True)
class Contribution:
    """How much of the whole's change one subject brought by one effect, in the whole's unit.

    `rate` is its own value having changed, `mix` its share of the volume, `volume` its amount where
    amounts add up; `numerator` and `denominator` are the newer and the older of two sums where
    there is one subject only.
    """

    subject: str
    effect: Effect
    amount: float


_ABSENT = Ratio(0.0, 0.0)


def of_ratios(
    before: Mapping[str, Ratio], after: Mapping[str, Ratio], *, scale: float = 1.0
) -> list[Contribution]:
    """Split the change of `scale * sum of numerators / sum of denominators` into rate and mix.

    A share weighs a rate by the mean of both windows, and a rate counts by how far its mean lies
    from the whole's: so nothing is left over. A subject that came or went has mix alone. A window
    whose denominators add up to zero has no value: the caller does not compare it.
    Source: Bennet (1920), "The theory of measurement of changes in cost of living".
    """
    whole = (_sum(before), _sum(after))
    middle = _middle(*(each.numerator / each.denominator for each in whole))
    found: list[Contribution] = []
    for subject in _subjects(before, after):
        parts = (before.get(subject, _ABSENT), after.get(subject, _ABSENT))
        shares = [
            part.denominator / all_.denominator for part, all_ in zip(parts, whole, strict=True)
        ]
        if all(part.denominator for part in parts):
            rates = [part.numerator / part.denominator for part in parts]
            rate = _middle(*shares) * (rates[1] - rates[0])
            mix = (_middle(*rates) - middle) * (shares[1] - shares[0])
        else:
            weighed = [
                part.numerator / all_.denominator for part, all_ in zip(parts, whole, strict=True)
            ]
            rate, mix = 0.0, weighed[1] - weighed[0] - middle * (shares[1] - shares[0])
        found.append(Contribution(subject, "rate", scale * rate))
        found.append(Contribution(subject, "mix", scale * mix))
    return found


def of_sums(before: Mapping[str, float], after: Mapping[str, float]) -> list[Contribution]:
    """Split the change of a sum: each subject brought what it has more or less."""
    return [
        Contribution(subject, "volume", after.get(subject, 0.0) - before.get(subject, 0.0))
        for subject in _subjects(before, after)
    ]


def of_means(before: Mapping[str, float], after: Mapping[str, float]) -> list[Contribution]:
    """Split the change of the plain mean over subjects; one that came or went is mix."""
    return of_ratios(
        {subject: Ratio(value, 1.0) for subject, value in before.items()},
        {subject: Ratio(value, 1.0) for subject, value in after.items()},
    )


def total(contributions: Iterable[Contribution]) -> float:
    """Return what the parts add up to."""
    return sum(each.amount for each in contributions)


def _subjects(before: Iterable[str], after: Iterable[str]) -> list[str]:
    return list(dict.fromkeys((*before, *after)))


def _sum(parts: Mapping[str, Ratio]) -> Ratio:
    return Ratio(
        sum(part.numerator for part in parts.values()),
        sum(part.denominator for part in parts.values()),
    )


def _middle(one: float, other: float) -> float:
    return (one + other) / 2.0
