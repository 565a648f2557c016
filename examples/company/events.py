"""§2.1 usage_analytics, events: people sign up, come back in some weeks and use features.

New users grow by 15 % a month *per day of the month*; in each week 68 % of the active people use a
recently released feature. Some rows arrive weeks late, in a file of their own with some repeats.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from examples.company import company
from examples.company.raw_files import Extract, Faulty, RawFile, split
from examples.company.timeline import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    WEEK,
    Instants,
    Timeline,
    as_times,
    moment,
)

_GROWTH = 1.15
_LAST_PER_DAY = 23.0
_ACTIVE = 0.7
_ADOPTS = 0.68
_USES_SIDE_FEATURE = 0.03
_WEEKDAYS = (0.18, 0.18, 0.17, 0.17, 0.16, 0.08, 0.06)
_LATE_EVERY = 60
_REPEATED = 80
Flags = npt.NDArray[np.bool_]


def events(timeline: Timeline, rng: np.random.Generator) -> Extract:
    """Feed `events`: Parquet by quarter, and one file of rows that came late (key `event_id`)."""
    signups = _signups(timeline, rng)
    visits = pl.concat([_first_visits(signups, rng), _later_visits(signups, timeline, rng)])
    named = _named(visits.filter(pl.col("at") < timeline.end), timeline, rng)
    named = named.sort("occurred_at", "user_id", "event_name").with_columns(
        pl.format("e{}", pl.int_range(pl.len())).alias("event_id")
    )
    return _extract(named, timeline)


def _signups(timeline: Timeline, rng: np.random.Generator) -> Instants:
    """The instant each person signs up; whole months hold exactly the planned number."""
    parts = []
    for month, (start, end) in enumerate(zip(timeline.months, timeline.months[1:], strict=False)):
        days = (end - start) // DAY
        per_day = _LAST_PER_DAY * _GROWTH ** (month - len(timeline.months) + 3)
        count = round(per_day * days)
        day = rng.integers(0, days, count)
        second = rng.integers(6 * 3600, 22 * 3600, count)
        parts.append(np.sort(start + day * DAY + second * SECOND))
    signups = np.concatenate(parts)
    return signups[signups < timeline.end]


def _first_visits(signups: Instants, rng: np.random.Generator) -> pl.DataFrame:
    user = np.arange(signups.size)
    adopts = rng.random(signups.size) < _ADOPTS
    # Sign-ups end at 22:00, so ten minutes later is still the same day and week.
    again = signups[adopts] + 10 * MINUTE
    return pl.concat(
        [
            _visits(signups, user, adopts=np.zeros_like(adopts), signs_up=~np.zeros_like(adopts)),
            _visits(again, user[adopts], adopts=adopts[adopts], signs_up=~adopts[adopts]),
        ]
    )


def _later_visits(signups: Instants, timeline: Timeline, rng: np.random.Generator) -> pl.DataFrame:
    first_week = timeline.week_of(signups)
    last_week = int(timeline.week_of(np.array([timeline.end]))[0])
    weeks = (last_week - first_week) // WEEK
    user = np.repeat(np.arange(signups.size), weeks)
    nth = np.arange(user.size) - np.repeat(np.cumsum(weeks) - weeks, weeks) + 1
    week = first_week[user] + nth * WEEK
    active = rng.random(user.size) < _ACTIVE
    user, week = user[active], week[active]
    adopts = rng.random(user.size) < _ADOPTS
    visits = 1 + rng.poisson(2.0, user.size)
    visit = np.repeat(np.arange(user.size), visits)
    is_first = np.diff(visit, prepend=-1) > 0
    day = rng.choice(7, visit.size, p=_WEEKDAYS)
    second = rng.integers(6 * HOUR // SECOND, 23 * HOUR // SECOND, visit.size)
    at = week[visit] + day * DAY + second * SECOND
    never = np.zeros(visit.size, dtype=np.bool_)
    return _visits(at, user[visit], adopts=adopts[visit] & is_first, signs_up=never)


def _visits(at: Instants, user: Instants, *, adopts: Flags, signs_up: Flags) -> pl.DataFrame:
    """Events before they have names: when, by whom, whether it is the week's adopting one."""
    return pl.DataFrame({"at": at, "user": user, "adopts": adopts, "signs_up": signs_up})


def _named(visits: pl.DataFrame, timeline: Timeline, rng: np.random.Generator) -> pl.DataFrame:
    at, user, adopts, signs_up = (visits[name].to_numpy() for name in visits.columns)
    size = at.size
    core = np.array([*company.CORE_FEATURES, ""])[rng.integers(0, 5, size)]
    side_from = timeline.before(company.SIDE_RELEASE)
    uses_side = (rng.random(size) < _USES_SIDE_FEATURE) & (at >= side_from)
    feature = np.where(uses_side, company.SIDE_FEATURE, core)
    feature = np.where(adopts, _latest_feature(at, timeline), feature)
    feature = np.where(signs_up, "", feature)
    name = np.where(signs_up, "sign_up", np.where(feature == "", "visit", "use"))
    return pl.DataFrame(
        {
            "occurred_at": as_times(at),
            "user_id": pl.Series(user).cast(pl.String),
            "event_name": pl.Series(name),
            "feature": pl.Series(feature),
        }
    ).with_columns(
        pl.format("u{}", "user_id").alias("user_id"),
        pl.when(pl.col("feature") != "").then("feature").alias("feature"),
        pl.when(pl.col("event_name") == "sign_up")
        .then(pl.lit('{"plan": "trial", "is_simulated": true}'))
        .alias("properties"),
    )


def _latest_feature(at: Instants, timeline: Timeline) -> npt.NDArray[np.str_]:
    """The feature released last before each instant; the oldest one for instants before all."""
    latest = timeline.before(company.LATEST_RELEASE)
    age = -((at - latest) // (company.RELEASE_EVERY // timedelta(microseconds=1)))
    position = np.clip(age, 0, len(company.RELEASED_FEATURES) - 1)
    return np.asarray(np.array(company.RELEASED_FEATURES)[position])


def _extract(named: pl.DataFrame, timeline: Timeline) -> Extract:
    rows = named.drop("event_id")
    recent = (pl.col("occurred_at") >= moment(timeline.end - 40 * DAY)) & (
        pl.col("occurred_at") < moment(timeline.end - 20 * DAY)
    )
    is_late = recent & (pl.int_range(pl.len()) % _LATE_EVERY == 0)
    marked = named.with_columns(is_late.alias("is_late")).rename(
        {"occurred_at": "at", "user_id": "user", "event_name": "name"}
    )
    on_time = marked.filter(~pl.col("is_late")).drop("is_late")
    late = marked.filter("is_late").drop("is_late")
    repeated = on_time.filter(pl.col("at") < moment(timeline.end - 60 * DAY)).tail(_REPEATED)
    parts = split(on_time, "at", "quarter")
    files = [
        RawFile(
            f"usage_analytics/events_{label}.parquet",
            part,
            _faulty(part.row(0, named=True)) if label == parts[-1][0] else (),
        )
        for label, part in parts
    ]
    day = moment(timeline.end - DAY).strftime("%Y-%m-%d")
    last = RawFile(f"usage_analytics/events_late_{day}.parquet", pl.concat([late, repeated]))
    return Extract(
        "events", "events", rows, (*files, last), duplicates=repeated.height, late=late.height
    )


def _faulty(like: dict[str, object]) -> tuple[Faulty, ...]:
    no_user, future = {**like, "event_id": "x1"}, {**like, "event_id": "x2"}
    no_user["user"] = None
    future["at"] = datetime(2199, 1, 1, tzinfo=UTC)
    return (Faulty("no user", no_user), Faulty("future time", future))
