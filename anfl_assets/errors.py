"""Every exception this project raises on purpose, as one tree.

AnflError
├── UserError                     the person can mend it: exit code 2, no traceback
│   ├── CatalogError              the catalog's YAML is wrong (all faults at once)
│   │   ├── BadQuantity           a quantity such as "<50ms" cannot be read
│   │   └── UnknownMetric         no metric or alias of that name
│   ├── FeedError                 feeds.yaml is wrong (all faults at once)
│   ├── AlertsError               alerts.yaml is wrong (all faults at once)
│   ├── UnknownIncident           no incident or silence of that number
│   ├── SourceError               a file cannot be used as its feed says
│   │   └── SourceUnavailable     try again later (still growing, locked, absent)
│   └── WorkspaceError            the data folder is missing, full or of another organisation
├── LandingError                  a load could not be committed
├── QualityError                  an expectation suite cannot run
└── BuildError                    dbt or publication failed

`recoverable` says whether the same call may succeed later; `defs` turns it into a retry policy.
"""

from __future__ import annotations

from dataclasses import dataclass


class AnflError(Exception):
    """Root of the tree: something this project recognised and can explain."""

    recoverable = False
    exit_code = 1


class UserError(AnflError):
    """A mistake of the person at the terminal or in a file they wrote."""

    exit_code = 2


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a configuration file, in words a person can act on."""

    file: str
    key: str
    found: str
    expected: str

    def __str__(self) -> str:
        """Render as `file: key: found …; expected …`."""
        return f"{self.file}: {self.key}: found {self.found}; expected {self.expected}"


class FaultyConfiguration(UserError):
    """A configuration file with one or more faults, reported together."""

    def __init__(self, faults: list[Fault]) -> None:
        """Keep the faults; the message lists each on its own line."""
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))


class CatalogError(FaultyConfiguration):
    """The catalog's YAML is wrong."""


class BadQuantity(UserError):
    """A quantity such as "<50ms" cannot be read."""


class UnknownMetric(UserError):
    """No metric or alias of that name; the message names the nearest."""


class FeedError(FaultyConfiguration):
    """feeds.yaml is wrong."""


class AlertsError(FaultyConfiguration):
    """alerts.yaml is wrong."""


class UnknownIncident(UserError):
    """No incident or silence of that number, or it is over already."""


class SourceError(UserError):
    """A file cannot be used as its feed says."""


class SourceUnavailable(SourceError):
    """A source cannot be read now but may be later; not before `retry_after_s` where it says so."""

    recoverable = True
    retry_after_s: float | None = None


class WorkspaceError(UserError):
    """The data folder is missing, full or belongs to another organisation."""


class LandingError(AnflError):
    """A load could not be committed to the lake."""

    recoverable = True


class QualityError(AnflError):
    """An expectation suite cannot run."""


class ForecastError(AnflError):
    """A series cannot be forecast; the message says why, for people."""


class TooFewPoints(ForecastError):
    """A series is too short, or has too few values, to be forecast and judged."""


class BuildError(AnflError):
    """Dbt or publication failed."""
