"""§2.1 customer_feedback: a survey on 1 to 5 and interviews on 0 to 10, both made up.

Scores run through a fixed pattern per segment, each run of ten shuffled, so that the mean of any
thirty days lies close to the pattern's.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from examples.company.raw_files import Extract, Faulty, RawFile, split
from examples.company.timeline import DAY, SECOND, Instants, Timeline, as_times, grid

# Mean 4.8, 4.3 and 4.7 of 5; interviews 9.3 of 10.
_PATTERNS = {
    "enterprise": (5, 5, 4, 5, 5, 5, 4, 5, 5, 5),
    "startup": (5, 4, 4, 5, 3, 5, 4, 4, 5, 4),
    "education": (5, 5, 4, 5, 4, 5, 5, 5, 4, 5),
}
_INTERVIEW_PATTERN = (10, 9, 10, 9, 8, 10, 9, 10, 9, 9)
_COMMENTS = (None, 'Works well, "mostly"', None, "Fast enough, thank you", None, "Übersichtlich")


def responses(timeline: Timeline, rng: np.random.Generator) -> Extract:
    """Feed `responses`: the survey, a CSV file a month, two answers a day and segment."""
    days = np.repeat(grid(timeline.start, timeline.end, DAY), 2)
    parts = []
    for segment, pattern in _PATTERNS.items():
        at = days + rng.integers(8 * 3600, 20 * 3600, days.size) * SECOND
        parts.append(_answers(np.sort(at), segment, pattern, (1.0, 5.0), rng=rng))
    rows = pl.concat(parts).sort("answered_at", "segment", "score")
    text = rows.select(
        "answered_at",
        pl.format("a{}", pl.int_range(pl.len())).alias("answer"),
        pl.col("answered_at").dt.strftime("%Y/%m/%d %H:%M:%S").alias("when"),
        pl.col("respondent_id").alias("who"),
        pl.col("score").cast(pl.Int64).alias("stars"),
        "segment",
        "comment",
    )
    months = split(text, "answered_at", "month")
    last_label, last = months[-1]
    repeated = last.head(3)
    files = [
        RawFile(f"customer_feedback/survey_{label}.csv", part.drop("answered_at"))
        for label, part in months[:-1]
    ]
    final = RawFile(
        f"customer_feedback/survey_{last_label}.csv",
        pl.concat([last, repeated]).drop("answered_at"),
        _faulty(str(last["when"][0])),
    )
    return Extract("responses", "responses", rows, (*files, final), duplicates=repeated.height)


def interviews(timeline: Timeline, rng: np.random.Generator) -> Extract:
    """Feed `interviews`: one enterprise customer every third day, JSON, marks from 0 to 10."""
    days = np.sort(timeline.end - DAY - grid(0, timeline.end - timeline.start - DAY, 3 * DAY))
    at = days + 14 * 3600 * SECOND
    rows = _answers(at, "enterprise", _INTERVIEW_PATTERN, (0.0, 10.0), rng=rng)
    text = rows.select(
        pl.col("answered_at").dt.strftime("%Y-%m-%dT%H:%M:%S%:z").alias("held"),
        pl.col("score").alias("mark"),
        pl.col("comment").alias("note"),
    )
    beyond = {**text.row(0, named=True), "mark": 11.0}
    file = RawFile(
        "customer_feedback/interviews.json",
        text,
        (Faulty("mark beyond the scale", beyond),),
        records=("answers",),
    )
    return Extract("interviews", "responses", rows.with_columns(respondent_id=None), (file,))


def _answers(
    at: Instants,
    segment: str,
    pattern: tuple[int, ...],
    scale: tuple[float, float],
    *,
    rng: np.random.Generator,
) -> pl.DataFrame:
    runs = np.tile(pattern, (at.size // len(pattern) + 1, 1))
    score = rng.permuted(runs, axis=1).reshape(-1)[: at.size]
    number = rng.integers(0, 400, at.size)
    who = [f"r{one}" if one >= 40 else None for one in number]
    return pl.DataFrame(
        {
            "answered_at": as_times(at),
            "respondent_id": pl.Series(who, dtype=pl.String),
            "score": score.astype(np.float64),
            "scale_min": np.full(at.size, scale[0]),
            "scale_max": np.full(at.size, scale[1]),
            "segment": pl.Series([segment]).new_from_index(0, at.size),
            "comment": pl.Series(
                [_COMMENTS[one % len(_COMMENTS)] for one in number], dtype=pl.String
            ),
        }
    )


def _faulty(when: str) -> tuple[Faulty, ...]:
    return (
        Faulty("score beyond the scale", f"x1,{when},r1,7,startup,"),
        Faulty("score beyond the scale", f"x2,{when},r1,0,startup,"),
        Faulty("not a number", f"x3,{when},r1,great,startup,"),
        Faulty("future time", "x4,2199/01/01 10:00:00,r1,5,startup,"),
    )
