"""One expectation suite per canonical table, as written in `expectations/<entity>.yaml`.

Each entry has Great Expectations' own `type` and `kwargs`, and in `meta` the rule's name, the
reason a person reads, and what a break costs: `warning` the row, `critical` its whole load.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from anfl_assets.config.safe_yaml import SafeYaml
from anfl_assets.errors import QualityError

EXPECTATIONS_DIR = Path(__file__).parents[2] / "expectations"


class Severity(StrEnum):
    """What breaking an expectation costs."""

    CRITICAL = "critical"
    WARNING = "warning"


@dataclass(frozen=True)
class Expectation:
    """One line of a suite; `mostly` is the share of present values that must pass."""

    type: str
    kwargs: dict[str, Any]
    rule: str
    reason: str
    severity: Severity

    @property
    def mostly(self) -> float:
        """Share of the values that must pass, 1 unless the suite says less."""
        return float(self.kwargs.get("mostly", 1.0))

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns it reads, derived ones (`…__length`) included."""
        named = (self.kwargs.get(key) for key in ("column", "column_A", "column_B"))
        return tuple(name for name in named if name is not None)


@dataclass(frozen=True)
class Suite:
    """Every expectation of one canonical table, in the file's order."""

    entity: str
    expectations: tuple[Expectation, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns any expectation reads, each once."""
        return tuple(dict.fromkeys(name for item in self.expectations for name in item.columns))

    def of(self, severity: Severity) -> tuple[Expectation, ...]:
        """Return the expectations of one severity."""
        return tuple(item for item in self.expectations if item.severity is severity)


@cache
def load_suite(entity: str, folder: Path = EXPECTATIONS_DIR) -> Suite:
    """Read the suite of `entity`.

    Raises:
        QualityError: the file is missing or an entry lacks a part; the message names it.

    """
    path = folder / f"{entity}.yaml"
    try:
        entries = yaml.load(path.read_bytes(), Loader=SafeYaml)["expectations"]  # noqa: S506 - safe as it says
        return Suite(entity, tuple(_expectation(entry) for entry in entries))
    except OSError as error:
        message = f"{path.name}: cannot be read: {error.strerror}"
        raise QualityError(message) from error
    except (yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        message = f"{path.name}: found an entry without or with a wrong {error}; see its neighbours"
        raise QualityError(message) from error


def _expectation(entry: dict[str, Any]) -> Expectation:
    meta = entry["meta"]
    return Expectation(
        type=entry["type"],
        kwargs=dict(entry["kwargs"]),
        rule=meta["rule"],
        reason=meta["reason"],
        severity=Severity(meta["severity"]),
    )
