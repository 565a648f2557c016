"""A process that beats as the evaluator and the deliverer do, until it is killed or stopped."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from anfl_assets.store.alerts.store import open_alerts
from anfl_assets.store.workspace import Workspace

_EVERY_S = 0.3


def main() -> None:
    """Beat in the data folder that the first argument names."""
    with open_alerts(Workspace(Path(sys.argv[1]))) as store:
        print("beating", flush=True)  # noqa: T201 - whoever started it waits for this
        while True:
            now = datetime.now(UTC)
            with store.transaction() as transaction:
                transaction.beat("metrics", now)
                transaction.beat("delivery", now)
            time.sleep(_EVERY_S)


if __name__ == "__main__":
    main()
