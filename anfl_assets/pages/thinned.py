"""A course of as many windows as a small line is wide enough to show."""

from __future__ import annotations

from anfl_assets.report.sparks import Course

_MOST = 90


def thinned(course: Course) -> Course:
    """Return a course of at most so many windows: of each stretch the lowest, highest and last.

    Nothing is averaged. A small line is no wider, and a page of a hundred would be three times as
    long.
    """
    if len(course) <= _MOST:
        return course
    size = -(-len(course) // (_MOST // 3))
    kept: set[int] = {len(course) - 1}
    for start in range(0, len(course), size):
        stretch = range(start, min(start + size, len(course)))
        known = [n for n in stretch if course[n][1] is not None]
        kept |= {stretch[-1]}
        if known:
            kept |= {min(known, key=lambda n: course[n][1] or 0.0),
                     max(known, key=lambda n: course[n][1] or 0.0)}  # fmt: skip
    return [course[n] for n in sorted(kept)]
