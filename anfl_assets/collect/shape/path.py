"""`path`: parts of the file's path become columns, the same in each of its rows."""

from __future__ import annotations

import json
from dataclasses import dataclass

import polars as pl

from anfl_assets.collect.batch import Batch
from anfl_assets.collect.shape.groups import group_names, groups_of
from anfl_assets.collect.shape.step import Origin, Step
from anfl_assets.config.expand import Environment
from anfl_assets.config.section import Section
from anfl_assets.errors import SourceError


@dataclass(frozen=True)
class PathColumns:
    """Named groups of a regex searched in the path below root; columns so named are replaced."""

    pattern: str
    names: tuple[str, ...]

    @property
    def reads_all(self) -> bool:
        """Not one."""
        return False

    def before(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return all names but its groups."""
        return tuple(name for name in names if name not in self.names)

    def apply(self, batch: Batch, origin: Origin) -> Batch:
        """Add the columns; a group that took no part is null.

        Raises:
            SourceError: the path does not match.

        """
        parts = groups_of(origin.path, self.pattern)
        if parts is None:
            msg = (
                f"{origin.path}: the path does not match the feed's `path: {self.pattern}`; "
                "mend the pattern, or leave the file out of `files`"
            )
            raise SourceError(msg)
        columns = [pl.lit(part, pl.String).alias(name) for name, part in parts.items()]
        return Batch(batch.rows.with_columns(columns), batch.rejects)


def told_by_path(steps: tuple[Step, ...], path: str) -> str:
    """Return as JSON what the steps read from a path; empty where they read nothing.

    Files of the same bytes whose paths tell different things bring different rows.
    """
    told = [groups_of(path, step.pattern) for step in steps if isinstance(step, PathColumns)]
    return json.dumps(told, sort_keys=True) if told else ""


def read_path(item: Section, _: Environment) -> PathColumns | None:
    """Read `path: REGEX`."""
    pattern = item.text("path") or ""
    names = group_names(pattern)
    if not names:
        item.fault("path", "a regular expression with named groups such as (?<day>[0-9-]+)")
        return None
    return PathColumns(pattern, names)
