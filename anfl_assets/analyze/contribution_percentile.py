"""What each subject contributed to a change of a percentile of them all.

A percentile of a whole is no sum of anything, so each subject's histogram is exchanged for its
later one, before and after every other's, and what that changes counts in the mean: Shapley values.
Exact for few subjects, over seeded orders for many; the parts add up either way. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import factorial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from anfl_assets.analyze.contribution import Contribution

Counts = Mapping[str, Mapping[float, float]]
_Floats = npt.NDArray[np.float64]
# 9 * 2^8 mixtures of some hundred buckets take a tenth of a second; each subject more doubles it.
_EXACT_TO = 8
_ORDERS = 64
# Shares of counts come with the rounding of doubles; a rank is never missed by that little.
_SLACK = 1e-12


class _Exchange(NamedTuple):
    """Histograms by subject and bucket: as before, with one thing exchanged, as after.

    `shaped` is the later distribution at the earlier volume, `grown` the reverse. A subject that
    came or went has no distribution on one side: all it does is volume.
    """

    before: _Floats
    shaped: _Floats
    grown: _Floats
    after: _Floats


def of_percentiles(before: Counts, after: Counts, *, share: float, seed: int) -> list[Contribution]:
    """Split the change of the nearest-rank percentile at `share` (0 to 1) into rate and mix.

    `before` and `after` are counts by subject and value; neither may be empty as a whole. With more
    than eight subjects the orders are drawn by `seed`, in pairs of an order and its reverse; who is
    called what plays no part.
    Source: Shapley (1953); within a subject, distribution and volume are exchanged in both orders
    (Owen, 1977).
    """
    values, subjects, sides = _arrays(before, after)
    exchange = _exchanged(*sides)
    many = len(subjects) > _EXACT_TO
    steps = _drawn(exchange, values, share, seed) if many else _exact(exchange, values, share)
    amounts = np.zeros((len(subjects), 2))
    for row, effects in steps:
        amounts[row] += effects
    found: list[Contribution] = []
    for subject, (rate, mix) in zip(subjects, amounts.tolist(), strict=True):
        found += [Contribution(subject, "rate", rate), Contribution(subject, "mix", mix)]
    return found


def percentile(counts: Counts, *, share: float) -> float:
    """Return the nearest-rank percentile of all subjects together; nan where there is nothing."""
    values, _, (histograms, _) = _arrays(counts, {})
    if not len(values):
        return float("nan")
    return float(_percentiles(histograms.sum(axis=0)[None, :], values, share, float("nan"))[0])


def _arrays(before: Counts, after: Counts) -> tuple[_Floats, list[str], tuple[_Floats, _Floats]]:
    """Lay both sides out over all values; subjects in an order that their names do not decide."""
    values = sorted({value for side in (before, after) for each in side.values() for value in each})
    place = {value: n for n, value in enumerate(values)}
    names = list(dict.fromkeys((*before, *after)))
    sides = np.zeros((2, len(names), len(values)))
    for n, side in enumerate((before, after)):
        for row, name in enumerate(names):
            for value, count in side.get(name, {}).items():
                sides[n, row, place[value]] = count
    order = sorted(range(len(names)), key=lambda row: sides[:, row].tobytes())
    return np.array(values), [names[row] for row in order], (sides[0][order], sides[1][order])


def _exchanged(before: _Floats, after: _Floats) -> _Exchange:
    sizes = before.sum(axis=1)[:, None], after.sum(axis=1)[:, None]
    in_both = (sizes[0] > 0) & (sizes[1] > 0)
    factor = np.divide(sizes[1], sizes[0], out=np.ones_like(sizes[0]), where=in_both)
    shaped = np.where(in_both, after / factor, before)
    grown = np.where(in_both, before * factor, after)
    return _Exchange(before, shaped, grown, after)


def _percentiles(mixtures: _Floats, values: _Floats, share: float, of_nothing: float) -> _Floats:
    """Return the percentile of each row of counts; a row without any has `of_nothing`."""
    reached = np.cumsum(mixtures, axis=1)
    totals = reached[:, -1:]
    found = values[np.argmax(reached >= share * totals * (1.0 - _SLACK), axis=1)]
    return np.where(totals[:, 0] > 0, found, of_nothing)


def _exact(
    exchange: _Exchange, values: _Floats, share: float
) -> Iterator[tuple[int, npt.NDArray[np.float64]]]:
    """Exchange one subject in every company of others that were exchanged before it."""
    count = len(exchange.before)
    masks = np.arange(2**count)
    member = (masks[:, None] >> np.arange(count)) & 1
    weights = np.array(
        [factorial(n) * factorial(count - n - 1) / factorial(count) for n in range(count)]
    )
    base = exchange.before.sum(axis=0)
    start = float(_percentiles(base[None, :], values, share, float(values[0]))[0])
    for row in range(count):
        company = member[masks[member[:, row] == 0]]
        mixtures = base + company @ (exchange.after - exchange.before)
        effects = _effects(exchange, row, mixtures, (values, share, start))
        yield row, weights[company.sum(axis=1)] @ effects


def _drawn(
    exchange: _Exchange, values: _Floats, share: float, seed: int
) -> Iterator[tuple[int, npt.NDArray[np.float64]]]:
    """Exchange one after the other, in drawn orders and their reverses."""
    random = np.random.default_rng(seed)
    base = exchange.before.sum(axis=0)
    start = float(_percentiles(base[None, :], values, share, float(values[0]))[0])
    for _ in range(_ORDERS // 2):
        drawn = random.permutation(len(exchange.before))
        for order in (drawn, drawn[::-1]):
            mixture = base.copy()
            for row in order:
                effects = _effects(exchange, row, mixture[None, :], (values, share, start))
                yield int(row), effects[0] / _ORDERS
                mixture = mixture + (exchange.after[row] - exchange.before[row])


def _effects(
    exchange: _Exchange, row: int, mixtures: _Floats, of: tuple[_Floats, float, float]
) -> _Floats:
    """What exchanging a subject does to each mixture: by its distribution, by its volume."""
    without, shaped, grown, whole = (
        _percentiles(mixtures + (each[row] - exchange.before[row]), *of) for each in exchange
    )
    rate = (shaped - without + whole - grown) / 2.0
    mix = (grown - without + whole - shaped) / 2.0
    return np.stack([rate, mix], axis=1)
