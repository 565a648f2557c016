"""The steps by name, and reading a feed's `shape` list from YAML."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from anfl_assets.collect.shape.explode import read_explode
from anfl_assets.collect.shape.histogram import read_histogram
from anfl_assets.collect.shape.join import read_join
from anfl_assets.collect.shape.mask import read_mask
from anfl_assets.collect.shape.path import read_path
from anfl_assets.collect.shape.read_rate import read_rate
from anfl_assets.collect.shape.step import Step
from anfl_assets.collect.shape.unpivot import read_unpivot
from anfl_assets.config.expand import Environment
from anfl_assets.config.section import Section

# A reader gets the list item's section (its only key is the step's name) and the variables a feeds
# file may use, notes faults in the section and returns None where it cannot read the step.
STEPS: Mapping[str, Callable[[Section, Environment], Step | None]] = {
    "path": read_path,
    "join": read_join,
    "unpivot": read_unpivot,
    "explode": read_explode,
    "rate": read_rate,
    "histogram": read_histogram,
    "mask": read_mask,
}


def read_shape(feed: Section, env: Environment) -> tuple[Step, ...]:
    """Return the steps of a feed, faults noted in its section."""
    found = [_step(item, env) for item in feed.items("shape")]
    return tuple(step for step in found if step is not None)


def _step(item: Section, env: Environment) -> Step | None:
    names = list(item.content)
    if len(names) != 1 or names[0] not in STEPS:
        item.fault("", f"one step: {', '.join(STEPS)}", ", ".join(names) or "nothing")
        return None
    return STEPS[names[0]](item, env)
