"""What the two sums behind one value contributed to its change.

For what has no parts by subject: a growth (the newer period on the older one) or a ratio of one
subject. Pure; parts by subject are in `contribution.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

from anfl_assets.analyze.contribution import Contribution, Ratio


def of_one_ratio(
    subject: str, before: Ratio, after: Ratio, *, scale: float = 1.0
) -> list[Contribution]:
    """Split the change of `scale * numerator / denominator` into what each of both brought.

    Each is replaced while the other stays, once before and once after it, and the mean counts: the
    Shapley value of two players. Neither denominator may be zero.
    """
    crossed = (after.numerator / before.denominator, before.numerator / after.denominator)
    first, last = (each.numerator / each.denominator for each in (before, after))
    upper = (crossed[0] - first + last - crossed[1]) / 2.0
    lower = (crossed[1] - first + last - crossed[0]) / 2.0
    return [
        Contribution(subject, "numerator", scale * upper),
        Contribution(subject, "denominator", scale * lower),
    ]


def of_growths(
    before: Mapping[str, Ratio], after: Mapping[str, Ratio], *, scale: float = 1.0
) -> list[Contribution]:
    """Split the change of the plain mean of several subjects' growths (`scale * (ratio - 1)`).

    A subject in both windows is split into its two sums; one that came or went is mix: how far its
    growth lies from the mean of the means, by how its share of the mean changed.
    """
    shares = (1.0 / len(before), 1.0 / len(after))
    share = (shares[0] + shares[1]) / 2.0
    middle = (_mean(before) + _mean(after)) / 2.0
    found: list[Contribution] = []
    for subject in dict.fromkeys((*before, *after)):
        if subject in before and subject in after:
            pair = (before[subject], after[subject])
            found += of_one_ratio(subject, *pair, scale=scale * share)
            rate, moved = (_rate(pair[0]) + _rate(pair[1])) / 2.0, shares[1] - shares[0]
        elif subject in after:
            rate, moved = _rate(after[subject]), shares[1]
        else:
            rate, moved = _rate(before[subject]), -shares[0]
        if moved:
            found.append(Contribution(subject, "mix", scale * (rate - middle) * moved))
    return found


def _rate(part: Ratio) -> float:
    return part.numerator / part.denominator


def _mean(parts: Mapping[str, Ratio]) -> float:
    return sum(_rate(part) for part in parts.values()) / len(parts)
