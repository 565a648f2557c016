"""From a sample to a draft: the entity taken, the columns mapped, or why nothing fits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from anfl_assets.collect.infer.draft import Draft
from anfl_assets.collect.infer.expressions import Line, flow, lines
from anfl_assets.collect.infer.guess import Guess, Guesses, guesses
from anfl_assets.collect.infer.metrics import of_exposition
from anfl_assets.collect.infer.sample import Sample
from anfl_assets.collect.infer.traits import Traits
from anfl_assets.errors import SourceError

_CLOSE, _NEAREST, _SHOWN = 0.85, 3, 12


def propose(sample: Sample, place: Mapping[str, str], name: str | None) -> Draft:
    """Return the draft for a sample whose rows come from `place`.

    Raises:
        SourceError: no entity fits; the message says what was seen and what each lacks.

    """
    options = {key: flow(value) for key, value in sample.options.items()}
    where = {**place, **options}
    if sample.form == "access_log":
        return _access_log(sample, where, name)
    if sample.form == "openmetrics":
        return of_exposition(sample, where, name)
    found = guesses(sample)
    best = found.best
    if best is None:
        raise SourceError(_nothing_fits(found))
    used = {column.name for column in best.found.values()}
    used |= {column.name for column in best.product or ()}
    draft = Draft(
        name or best.entity,
        best.entity,
        where,
        tuple(lines(best, sample.title)),
        _reasons(best),
        notes=sample.notes,
        others=_others(found, best),
        unused=tuple(column.name for column in found.traits if column.name not in used),
    )
    missing = dict.fromkeys(text for c in best.found.values() for text in c.missing)
    if missing:
        after = {"nulls": flow(["", *missing])}
        draft = replace(draft, after=after, notes={**draft.notes, "nulls": "taken for no value"})
    return draft


def _reasons(best: Guess) -> tuple[str, ...]:
    core = [f"{source.name} fits {column}" for column, source in best.found.items()][:3]
    if best.product is not None:
        core.append(f"{best.product[0].name} times {best.product[1].name} fits amount")
    return (*core, *([f"its names say “{best.hint}”"] if best.hint else []))


def _others(found: Guesses, best: Guess) -> tuple[str, ...]:
    near = [guess for guess in found.ordered if not guess.lacks and guess is not best]
    return tuple(guess.entity for guess in near if guess.score >= _CLOSE * best.score)


def _nothing_fits(found: Guesses) -> str:
    seen = ", ".join(f"{column.name} ({_kind(column)})" for column in found.traits[:_SHOWN])
    more = len(found.traits) - _SHOWN
    told = [
        f"{found.title}: no entity fits what it holds: {seen}" + (f", … {more} more" * (more > 0))
    ]
    near = [one for one in found.ordered if one.found][:_NEAREST]
    told += [f"  {one.entity} would need a column for {', '.join(one.lacks)}" for one in near]
    told.append("Rename columns, or write the feed by hand from `anfl feeds template ENTITY`.")
    return "\n".join(told)


def _kind(column: Traits) -> str:
    if not column.filled:
        return "empty"
    if column.times is not None:
        return "times"
    return "numbers" if column.is_number else "texts"


def _access_log(sample: Sample, where: Mapping[str, str], name: str | None) -> Draft:
    entity = "accesses"
    columns = (
        Line("observed_at", '{from: time, format: "%d/%b/%Y:%H:%M:%S %z"}'),
        Line("service", f"{{constant: {flow(sample.title)}}}", "from the source's name"),
        Line("status_code", "status"),
        Line("bytes", "bytes"),
    )
    reason = "its lines are an access log (common or combined format)"
    unused = ("client", "ident", "user", "method", "path", "protocol", "referrer", "agent")
    return Draft(name or entity, entity, where, columns, (reason,), unused=unused)
