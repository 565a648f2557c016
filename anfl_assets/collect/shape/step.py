"""What every step of a feed's `shape` can do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from anfl_assets.collect.batch import Batch


@dataclass(frozen=True)
class Origin:
    """Where rows come from: the file's path below the feed's root, or what a connector names.

    `carry` is what steps remember from one batch to the next (JSON-ready, by step): empty at the
    start of a file; for a feed that is pulled, kept with its cursor.
    """

    path: str
    carry: dict[str, Any] = field(default_factory=dict)


class Step(Protocol):
    """One step: a frozen value read from YAML.

    A step keeps `LINE` (a row made of another keeps its line) and `BODY` where it is there, hands
    on the rejects it is given and adds its own: nothing is dropped without a reject.
    """

    @property
    def reads_all(self) -> bool:
        """Whether it needs every column of the source, not only the ones that are named."""
        ...

    def before(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return the columns that must be there before this step so that `names` are after it."""
        ...

    def apply(self, batch: Batch, origin: Origin) -> Batch:
        """Shape one batch.

        Raises:
            SourceError: the source as a whole is not as the step says.

        """
        ...


@runtime_checkable
class Binding(Step, Protocol):
    """A step that must know which of its columns are asked for, to make those and no others."""

    def bound(self, names: tuple[str, ...]) -> Step:
        """Return the step as it is when `names` are wanted after it."""
        ...


def bound(steps: tuple[Step, ...], names: tuple[str, ...]) -> tuple[Step, ...]:
    """Return the steps, each knowing what is wanted after it when `names` are after the last."""
    found: list[Step] = []
    for step in reversed(steps):
        known = step.bound(names) if isinstance(step, Binding) else step
        names = known.before(names)
        found.insert(0, known)
    return tuple(found)


def shaped(steps: tuple[Step, ...], batch: Batch, origin: Origin) -> Batch:
    """Apply every step in order."""
    for step in steps:
        batch = step.apply(batch, origin)
    return batch
