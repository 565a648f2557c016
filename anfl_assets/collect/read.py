"""Reading one file of a feed from its bytes to canonical rows.

The only entry point that the rest of the project needs; formats live in `read_*.py`, conversions
in `mapping.py`.
"""

from __future__ import annotations

from datetime import datetime

from anfl_assets.collect.collected import Collected
from anfl_assets.collect.discover import FoundFile
from anfl_assets.collect.feed import Feed
from anfl_assets.collect.organisation import Organisation


def read_feed_file(
    feed: Feed,
    found: FoundFile,
    *,
    now: datetime,
    organisation: Organisation,
) -> Collected:
    """Read a file as its feed declares.

    Raises:
        SourceError: the file cannot be used as the feed says (header, encoding, truncated).
        SourceUnavailable: it is still being written or has gone.

    """
    raise NotImplementedError
