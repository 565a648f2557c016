"""Periods written as one text (2012-Q4, 2012-04, 2012-W05, 2012, a day) and the days they begin.

A whole date stands for the period it lies in, and so does a month by its English name (Jul 2012).
"""

from __future__ import annotations

import polars as pl

# What a period is called in `format`, and its length as Polars writes it.
PERIODS = {"day": "1d", "week": "1w", "month": "1mo", "quarter": "1q", "year": "1y"}
_OF_MONTHS = ("month", "quarter", "year")

_YEAR = r"^\s*(?<year>\d{4})\s*$"
_MONTH = r"^\s*(?<year>\d{4})[-/ ]?(?<part>\d{1,2})\s*$"
_WEEK = r"^\s*(?<year>\d{4})[- ]?W(?<part>\d{1,2})\s*$"
_QUARTER = r"(?i)^\s*(?<year>\d{4})[-/ ]?Q(?<part>[1-4])\s*$"
_QUARTER_FIRST = r"(?i)^\s*Q(?<part>[1-4])[-/ ]?(?<year>\d{4})\s*$"


def period_starts(texts: pl.Series, unit: str) -> pl.Series:
    """Return the first day of each period; null for what is none of this unit."""
    text = pl.col("text")
    day = text.str.strip_chars().str.to_date("%Y-%m-%d", strict=False)
    if unit in _OF_MONTHS:
        first = pl.format("1 {}", text.str.strip_chars())
        named = (first.str.to_date(form, strict=False) for form in ("%d %b %Y", "%d %B %Y"))
        day = pl.coalesce(day, *named)
    starts = pl.coalesce(_WRITTEN[unit](text), day.dt.truncate(PERIODS[unit]))
    return texts.to_frame("text").select(starts.alias(texts.name)).to_series()


def _day(year: pl.Expr, month: pl.Expr) -> pl.Expr:
    return pl.concat_str([year, month, pl.lit("1")], separator="-").str.to_date(
        "%Y-%m-%d", strict=False
    )


def _part(text: pl.Expr, pattern: str, name: str) -> pl.Expr:
    return text.str.extract_groups(pattern).struct.field(name)


def _years(text: pl.Expr) -> pl.Expr:
    return _day(_part(text, _YEAR, "year"), pl.lit("1"))


def _months(text: pl.Expr) -> pl.Expr:
    return _day(_part(text, _MONTH, "year"), _part(text, _MONTH, "part"))


def _weeks(text: pl.Expr) -> pl.Expr:
    monday = pl.format("{}-{}-1", _part(text, _WEEK, "year"), _part(text, _WEEK, "part"))
    return monday.str.to_date("%G-%V-%u", strict=False)


def _quarters(text: pl.Expr) -> pl.Expr:
    def first_day(pattern: str) -> pl.Expr:
        month = _part(text, pattern, "part").cast(pl.Int8, strict=False) * 3 - 2
        return _day(_part(text, pattern, "year"), month.cast(pl.String))

    return pl.coalesce(first_day(_QUARTER), first_day(_QUARTER_FIRST))


def _no_other(_: pl.Expr) -> pl.Expr:
    return pl.lit(None, pl.Date)


_WRITTEN = {
    "day": _no_other,
    "week": _weeks,
    "month": _months,
    "quarter": _quarters,
    "year": _years,
}


def period_ends(starts: pl.Series, unit: str) -> pl.Series:
    """Return the first day after each period."""
    return starts.dt.offset_by(PERIODS[unit])
