"""A digest in sentences, for a medium that carries no page: what changed, what stands, numbers."""

from __future__ import annotations

from anfl_assets.report.digest.content import Digest, Tile
from anfl_assets.report.digest.first_line import standing
from anfl_assets.report.digest.forecasts import foretold_line
from anfl_assets.report.metric_words import subject_title
from anfl_assets.wording.inert import one_line
from anfl_assets.wording.looks import look
from anfl_assets.wording.numbers import NOTHING, counted

_NAME_LENGTH = 80
# A headline may be cut at so many characters, so a longer first line is told in full below it.
_HEADLINE_LENGTH = 110
_FORETOLD = 3


def told_sentences(digest: Digest) -> tuple[str, ...]:
    """Return what stands below the headline, the most important first."""
    first = [digest.first_line] if len(digest.first_line) > _HEADLINE_LENGTH else []
    stands = standing(digest.counts)
    numbers = [_number(tile) for panel in digest.panels for tile in panel.tiles]
    return (
        *first,
        *filter(None, (digest.age_line, f"In all: {stands}" if stands else "")),
        *_incidents(digest),
        *_foretold(digest),
        *numbers,
    )


def _number(tile: Tile) -> str:
    row = tile.row
    seen = look(row.status)
    name = one_line(subject_title(row.metric_id, row.subject), _NAME_LENGTH)
    changed = "" if tile.change == NOTHING else f", {tile.change}"
    value = "" if row.value is None else f"{tile.value}, "
    return f"{seen.glyph} {name}: {value}{seen.word} (target {tile.target}){changed}"


def _foretold(digest: Digest) -> tuple[str, ...]:
    """Tell the soonest crossings; the others are on the page."""
    if digest.forecasts is None:
        return ()
    told = digest.forecasts.foretold
    named = [one_line(foretold_line(row), 2 * _NAME_LENGTH) for row in told[:_FORETOLD]]
    more = len(told) - len(named) + digest.forecasts.more
    return (
        *named,
        *([f"{counted(more, 'more crossing', 'more crossings')} foretold"] * bool(more)),
    )


def _incidents(digest: Digest) -> tuple[str, ...]:
    if not digest.incidents:
        return ()
    still = sum(told.ended_at is None for told in digest.incidents)
    many = counted(len(digest.incidents), "incident", "incidents")
    return (f"{many} in the last day, {still:,} still open",)
