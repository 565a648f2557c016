"""What every row of an analysis carries: of which build, as of when, computed when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Stamp:
    """`as_of` is the end of the newest window that was looked at."""

    build_id: str
    as_of: datetime
    computed_at: datetime
