"""The audit: one row for every line of the specification, in its order.

Where the specification's own text is given, a line the catalog has differently is drifted, one it
lacks is missing, and one it adds is drifted. Everything else is for the line's check to find.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from anfl_assets.report.conform.evidence import Evidence, Finding
from anfl_assets.report.conform.lines import Line
from anfl_assets.report.conform.registry import check_of


@dataclass(frozen=True)
class Row:
    """A line of the specification and what was found of it."""

    line: Line
    finding: Finding


def audit(
    catalog: Sequence[Line], live: Evidence, *, specified: Sequence[Line] | None = None
) -> list[Row]:
    """Return one row for each line of `specified`, else of the catalog, by section.

    `live.catalog` must be the catalog that the lines of `catalog` were read from.
    """
    present = {line.key: line for line in catalog}
    wanted = catalog if specified is None else specified
    rows = [_row(line, present.get(line.key), live) for line in wanted]
    known = {line.key for line in wanted}
    rows += [Row(line, _extra(line, live)) for line in catalog if line.key not in known]
    return sorted(rows, key=lambda row: _number(row.line))


def counts(rows: Sequence[Row]) -> dict[str, int]:
    """Count rows by status, each status named even where nothing has it."""
    found = dict.fromkeys(("ok", "missing", "drifted"), 0)
    for row in rows:
        found[row.finding.status] += 1
    return found


def _row(line: Line, mirrored: Line | None, live: Evidence) -> Row:
    if mirrored is None:
        return Row(line, Finding("missing", f"found nothing; expected {line.value!r}"))
    finding = check_of(mirrored)(mirrored, live)
    if mirrored.value == line.value:
        return Row(line, finding)
    drift = f"found {mirrored.value!r}; expected {line.value!r}"
    return Row(line, Finding("drifted", drift, finding.evidence))


def _extra(line: Line, live: Evidence) -> Finding:
    evidence = check_of(line)(line, live).evidence
    return Finding("drifted", f"found {line.value!r}; expected no such line", evidence)


def _number(line: Line) -> tuple[int, ...]:
    return tuple(int(part) for part in line.number.split("."))
