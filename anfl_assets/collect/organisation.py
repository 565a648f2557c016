"""The organisation a data folder belongs to: its name, money, features and own targets.

Types only; `read_organisation.py` reads them. Target quantities stay text here: the
catalog parses and judges them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Feature:
    """A feature of the product and the day it was released."""

    name: str
    released_on: date


@dataclass(frozen=True)
class Maintenance:
    """A planned stop of one component, excluded from its uptime."""

    component: str
    start_at: datetime
    end_at: datetime


@dataclass(frozen=True)
class Target:
    """The organisation's own target for one metric and subject, as written."""

    metric: str
    subject: str
    target: str | None = None
    alert_threshold: str | None = None


@dataclass(frozen=True)
class Organisation:
    """Who the numbers are about; every field may be left out."""

    name: str | None = None
    currency: str | None = None
    is_simulated: bool = False
    features: tuple[Feature, ...] = ()
    maintenance: tuple[Maintenance, ...] = ()
    targets: tuple[Target, ...] = ()
